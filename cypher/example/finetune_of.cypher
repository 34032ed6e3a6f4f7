MATCH (child:Model)-[edge:FINETUNE_OF]->(parent:Model)
WHERE edge.license_change = 'loosened'
WITH child, edge, parent
ORDER BY child.descendant_count DESC, child.id, parent.id
LIMIT 10
RETURN child.id AS child, parent.id AS parent, edge.license_reasons AS reasons
