// What is made from the first of them?
// A path draws itself. Every derivation points from child to parent, so children are where the arrows come from.
MATCH (hub:Model)
WHERE hub.child_count > 0
WITH hub
ORDER BY hub.child_count DESC
LIMIT 1
MATCH path = (child:Model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(hub)
RETURN path
ORDER BY child.descendant_count DESC
LIMIT 60
