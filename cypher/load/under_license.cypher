UNWIND $rows AS row
MATCH (model:Model {id: row.start})
MATCH (license:License {id: row.end})
MERGE (model)-[edge:UNDER_LICENSE]->(license)
SET
  edge.evidence = row.evidence,
  edge.declared_as = row.declared_as
