UNWIND $rows AS row
MERGE (language:Language {id: row.id})
SET
  language.name = row.name,
  language.known = row.known,
  language.facts_hash = row.facts_hash
