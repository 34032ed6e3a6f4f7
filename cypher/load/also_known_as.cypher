UNWIND $rows AS row
MATCH (model:Model {id: row.start})
MATCH (alias:Alias {id_lower: row.end})
MERGE (model)-[:ALSO_KNOWN_AS]->(alias)
