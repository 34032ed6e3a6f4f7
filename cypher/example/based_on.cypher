MATCH (child:Model)-[edge:BASED_ON]->(parent:Model)
RETURN child.id AS child, parent.id AS parent, edge.confidence AS confidence, edge.days_after_parent AS days_after_parent
ORDER BY parent.descendant_count DESC, child, parent
LIMIT 10
