MATCH (model:Model {status: 'listed'})
WHERE model.label_verdict = 'conflict'
WITH model
ORDER BY model.descendant_count DESC, model.id
LIMIT 10
RETURN model.id AS model, model.label_reasons AS reasons, model.upstream_terms AS upstream_terms
