// The same columns as read/changes
MATCH (change:Change)
WHERE change.field IN $fields
MATCH (change)-[:OF]->(model:Model)
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
