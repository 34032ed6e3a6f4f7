// A load that was killed; loading again completes it
MATCH (snapshot:Snapshot)
WHERE snapshot.status <> 'complete'
RETURN snapshot.id AS snapshot
ORDER BY snapshot
