MATCH (model:Model)
WHERE model.label_verdict = 'conflict'
RETURN model.id AS model, model.label_reasons AS reasons, model.descendant_count AS descendants
ORDER BY descendants DESC, model
LIMIT 10
