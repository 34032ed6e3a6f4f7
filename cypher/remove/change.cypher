// What a load told that never came to its end, or that an older snapshot takes back
UNWIND $rows AS row
MATCH (change:Change {id: row.id})
DETACH DELETE change
