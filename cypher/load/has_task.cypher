UNWIND $rows AS row
MATCH (model:Model {id: row.start})
MATCH (task:Task {id: row.end})
MERGE (model)-[:HAS_TASK]->(task)
