UNWIND $rows AS row
MATCH (model:Model {id: row.start})
MATCH (library:Library {id: row.end})
MERGE (model)-[:USES_LIBRARY]->(library)
