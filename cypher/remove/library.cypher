// Nodes that the tables lack; one that somebody attached something to stays
UNWIND $rows AS row
MATCH (library:Library {id: row.id})
WHERE NOT EXISTS { (library)--() }
DELETE library
