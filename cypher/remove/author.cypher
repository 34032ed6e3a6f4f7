// Nodes that the tables lack; one that somebody attached something to stays
UNWIND $rows AS row
MATCH (author:Author {id: row.id})
WHERE NOT EXISTS { (author)--() }
DELETE author
