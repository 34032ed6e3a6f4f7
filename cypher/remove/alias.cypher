// Nodes that the tables lack; one that somebody attached something to stays
UNWIND $rows AS row
MATCH (alias:Alias {id_lower: row.id_lower})
WHERE NOT EXISTS { (alias)--() }
DELETE alias
