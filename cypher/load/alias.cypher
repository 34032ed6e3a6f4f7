UNWIND $rows AS row
MERGE (alias:Alias {id_lower: row.id_lower})
SET
  alias.name = row.name,
  alias.source = row.source,
  alias.since = row.since,
  alias.facts_hash = row.facts_hash
