UNWIND $rows AS row
MATCH (model:Model {id: row.start})
MATCH (dataset:Dataset {id: row.end})
MERGE (model)-[edge:TRAINED_ON]->(dataset)
SET
  edge.evidence = row.evidence
