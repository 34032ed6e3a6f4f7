UNWIND $rows AS row
MERGE (paper:Paper {id: row.id})
SET
  paper.facts_hash = row.facts_hash
