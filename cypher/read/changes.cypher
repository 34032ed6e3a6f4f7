// Columns as lists, as in read/model_hashes. `of` is the model as it is called now, and empty in a load that was killed
MATCH (change:Change {snapshot: $snapshot})
OPTIONAL MATCH (change)-[:OF]->(model:Model)
RETURN
  collect(change.id) AS id,
  collect(change.model) AS model,
  collect(change.field) AS field,
  collect(coalesce(change.before, [])) AS before,
  collect(coalesce(change.after, [])) AS after,
  collect(coalesce(model.id, '')) AS of,
  change.snapshot AS snapshot,
  change.as_of AS as_of,
  change.previous_as_of AS previous_as_of
