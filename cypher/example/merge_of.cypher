MATCH (merge:Model)-[edge:MERGE_OF]->(parent:Model)
WITH merge, edge, parent
ORDER BY edge.position
RETURN merge.id AS merge, collect(parent.id) AS parents
ORDER BY size(parents) DESC, merge
LIMIT 10
