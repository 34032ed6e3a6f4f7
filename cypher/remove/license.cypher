// Nodes that the tables lack; one that somebody attached something to stays
UNWIND $rows AS row
MATCH (license:License {id: row.id})
WHERE NOT EXISTS { (license)--() }
DELETE license
