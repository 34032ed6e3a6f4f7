UNWIND $rows AS row
MERGE (change:Change {id: row.id})
SET
  change.model = row.model,
  change.field = row.field,
  change.before = row.before,
  change.after = row.after,
  change.snapshot = row.snapshot,
  change.as_of = datetime(row.as_of),
  change.previous_as_of = datetime(row.previous_as_of)
