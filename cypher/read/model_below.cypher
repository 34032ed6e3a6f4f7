// Descendants by distance, those with most descendants first; `total` counts those beyond the limit too
MATCH (model:Model {id: $id})
MATCH way = (relative:Model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{1,40}(model)
WHERE relative <> model
WITH relative, min(length(way)) AS hops
WHERE hops <= $hops
WITH relative, hops
ORDER BY hops, relative.descendant_count DESC, coalesce(relative.downloads, -1) DESC, relative.id
WITH collect([relative.id, hops]) AS found
RETURN found[..$limit] AS relatives, size(found) AS total
