// Nodes that the tables lack; one that somebody attached something to stays
UNWIND $rows AS row
MATCH (language:Language {id: row.id})
WHERE NOT EXISTS { (language)--() }
DELETE language
