MATCH (model:Model)-[:IN_FAMILY]->(family:Family)
WHERE model.status = 'missing'
RETURN family.id AS family, family.model_count AS models, count(model) AS missing
ORDER BY missing DESC, family
LIMIT 10
