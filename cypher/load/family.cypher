UNWIND $rows AS row
MERGE (family:Family {id: row.id})
SET
  family.model_count = row.model_count,
  family.root_count = row.root_count,
  family.generations = row.generations,
  family.facts_hash = row.facts_hash
