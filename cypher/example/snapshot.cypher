MATCH (snapshot:Snapshot {status: 'complete'})
RETURN snapshot.as_of AS as_of, snapshot.scope AS scope, snapshot.models AS models, snapshot.edges AS edges
ORDER BY as_of DESC
LIMIT 10
