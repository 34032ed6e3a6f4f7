UNWIND $rows AS row
MERGE (author:Author {id: row.id})
SET
  author.facts_hash = row.facts_hash
