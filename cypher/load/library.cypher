UNWIND $rows AS row
MERGE (library:Library {id: row.id})
SET
  library.name = row.name,
  library.known = row.known,
  library.facts_hash = row.facts_hash
