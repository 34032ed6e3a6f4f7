UNWIND $rows AS row
MATCH (model:Model {id: row.start})
MATCH (language:Language {id: row.end})
MERGE (model)-[edge:IN_LANGUAGE]->(language)
SET
  edge.evidence = row.evidence,
  edge.declared_as = row.declared_as
