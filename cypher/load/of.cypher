UNWIND $rows AS row
MATCH (change:Change {id: row.start})
MATCH (model:Model {id: row.end})
MERGE (change)-[:OF]->(model)
