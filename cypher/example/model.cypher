MATCH (model:Model {status: 'listed'})
WHERE model.label_verdict = 'conflict'
RETURN model.id AS model, model.label_reasons AS reasons, model.upstream_terms AS upstream_terms
ORDER BY model.descendant_count DESC, model
LIMIT 10
