MATCH (snapshot:Snapshot)
WITH snapshot
ORDER BY snapshot.as_of DESC
LIMIT 1
MATCH (change:Change {snapshot: snapshot.id})-[:OF]->(model:Model)
RETURN change.field AS field, count(DISTINCT model) AS models
ORDER BY models DESC, field
