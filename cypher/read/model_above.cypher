// Ancestors by distance, the most used first; `total` counts those beyond the limit too
MATCH (model:Model {id: $id})
MATCH way = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{1,40}(relative:Model)
WHERE relative <> model
WITH relative, min(length(way)) AS hops
WHERE hops <= $hops
WITH relative, hops
ORDER BY hops, relative.descendant_count DESC, relative.id
WITH collect([relative.id, hops]) AS found
RETURN found[..$limit] AS relatives, size(found) AS total
