MATCH (model:Model)
WHERE model.id > $after
WITH model
ORDER BY model.id
LIMIT $limit
RETURN collect(model.id) AS id, collect(coalesce(model.hub_id, '')) AS hub_id
