// Which models descend from themselves?
// Mistakes are kept as declared, and marked: `cycle_id` is null for every model outside a cycle.
MATCH path = (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(:Model)
WHERE child.cycle_id IS NOT NULL AND edge.in_cycle
RETURN path
LIMIT 60
