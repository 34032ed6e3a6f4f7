MATCH (snapshot:Snapshot)
RETURN properties(snapshot) AS properties
ORDER BY snapshot.id
