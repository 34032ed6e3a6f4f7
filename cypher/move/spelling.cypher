// Children spelt the name that the model had: an inventory says it no second time
UNWIND $rows AS row
MATCH (model:Model {id: row.new})<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]-(:Model)
WHERE edge.declared_as IS NULL
SET edge.declared_as = row.old
