// Loads that were killed; the one that completes now has made up for them
MATCH (snapshot:Snapshot {status: 'loading'})
WHERE snapshot.id <> $id AND NOT EXISTS { (snapshot)--() }
DELETE snapshot
