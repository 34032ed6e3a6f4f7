// Loads that were killed, for which the one that completes now has made up, and snapshots that an older one takes back
MATCH (snapshot:Snapshot)
WHERE NOT snapshot.id IN $kept AND NOT EXISTS { (snapshot)--() }
DELETE snapshot
