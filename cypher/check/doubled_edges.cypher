// At most one edge for each child, parent and relation
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WITH child, parent, type(edge) AS relation, count(edge) AS edges
WHERE edges > 1
RETURN child.id AS child, parent.id AS parent, relation, edges
ORDER BY child, parent, relation
LIMIT 100
