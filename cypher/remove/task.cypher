// Nodes that the tables lack; one that somebody attached something to stays
UNWIND $rows AS row
MATCH (task:Task {id: row.id})
WHERE NOT EXISTS { (task)--() }
DELETE task
