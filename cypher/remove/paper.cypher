// Nodes that the tables lack; one that somebody attached something to stays
UNWIND $rows AS row
MATCH (paper:Paper {id: row.id})
WHERE NOT EXISTS { (paper)--() }
DELETE paper
