UNWIND $rows AS row
MERGE (dataset:Dataset {id: row.id})
SET
  dataset.facts_hash = row.facts_hash
