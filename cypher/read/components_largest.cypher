MATCH (model:Model)
WHERE model.component IS NOT NULL
WITH model.component AS family, count(*) AS models
ORDER BY models DESC, family
LIMIT $limit
RETURN family
