UNWIND $rows AS row
MERGE (snapshot:Snapshot {id: row.id})
SET
  snapshot.as_of = datetime(row.as_of),
  snapshot.scope = row.scope,
  snapshot.status = row.status,
  snapshot.sources = row.sources,
  snapshot.rows = row.rows,
  snapshot.loaded = row.loaded,
  snapshot.cards_read = row.cards_read,
  snapshot.rejected = row.rejected,
  snapshot.rejections = row.rejections,
  snapshot.models = row.models,
  snapshot.edges = row.edges,
  snapshot.changes = row.changes,
  snapshot.cards = row.cards,
  snapshot.schema_version = row.schema_version,
  snapshot.license_table_version = row.license_table_version,
  snapshot.organisation_version = row.organisation_version,
  snapshot.studbook_version = row.studbook_version,
  snapshot.loaded_at = datetime(row.loaded_at)
