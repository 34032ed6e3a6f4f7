UNWIND $rows AS row
MATCH (model:Model {id: row.start})
MATCH (family:Family {id: row.end})
MERGE (model)-[:IN_FAMILY]->(family)
