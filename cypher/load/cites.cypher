UNWIND $rows AS row
MATCH (model:Model {id: row.start})
MATCH (paper:Paper {id: row.end})
MERGE (model)-[:CITES]->(paper)
