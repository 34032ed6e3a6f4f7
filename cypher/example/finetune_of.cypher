MATCH (child:Model)-[edge:FINETUNE_OF]->(parent:Model)
WHERE edge.license_change = 'loosened'
RETURN child.id AS child, parent.id AS parent, edge.license_reasons AS reasons
ORDER BY child.descendant_count DESC, child, parent
LIMIT 10
