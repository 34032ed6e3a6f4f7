// What models are built on, at any distance
UNWIND $ids AS id
MATCH (model:Model {id: id})
MATCH path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{1,40}(ancestor:Model)
WHERE ancestor <> model
WITH model, ancestor, min(length(path)) AS hops
RETURN model.id AS model, ancestor.id AS ancestor
ORDER BY model, ancestor
