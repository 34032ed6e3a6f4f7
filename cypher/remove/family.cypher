// Nodes that the tables lack; one that somebody attached something to stays
UNWIND $rows AS row
MATCH (family:Family {id: row.id})
WHERE NOT EXISTS { (family)--() }
DELETE family
