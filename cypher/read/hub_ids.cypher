UNWIND $ids AS id
MATCH (model:Model {id: id})
WHERE model.hub_id IS NOT NULL
RETURN collect(model.id) AS id, collect(model.hub_id) AS hub_id
