// Nodes that the tables lack; one that somebody attached something to stays
UNWIND $rows AS row
MATCH (dataset:Dataset {id: row.id})
WHERE NOT EXISTS { (dataset)--() }
DELETE dataset
