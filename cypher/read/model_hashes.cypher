// Columns as lists, grouped by what most models share: one record for each model takes ten times as long to send
MATCH (model:Model)
WHERE model.id > $after
WITH model
ORDER BY model.id
LIMIT $limit
RETURN
  collect(model.id) AS id,
  model.status AS status,
  model.first_seen AS first_seen,
  collect(coalesce(model.declared_hash, $none)) AS declared_hash,
  collect(coalesce(model.facts_hash, $none)) AS facts_hash,
  collect(coalesce(model.edges_hash, $none)) AS edges_hash
