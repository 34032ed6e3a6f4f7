MATCH (snapshot:Snapshot {status: 'complete'})
RETURN snapshot.id AS id
ORDER BY snapshot.as_of DESC, snapshot.id
LIMIT 1
