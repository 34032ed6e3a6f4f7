MATCH (child:Model)-[edge:BASED_ON]->(parent:Model)
WITH child, edge, parent
ORDER BY parent.descendant_count DESC, child.id, parent.id
LIMIT 10
RETURN child.id AS child, parent.id AS parent, edge.confidence AS confidence, edge.days_after_parent AS days_after_parent
