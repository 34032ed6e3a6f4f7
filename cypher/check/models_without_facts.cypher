// A load that completed leaves no model of which only the id is known
MATCH (model:Model)
WHERE model.status IS NULL OR model.facts_hash IS NULL AND model.status <> 'internal'
RETURN model.id AS model
ORDER BY model
LIMIT 100
