MATCH (model:Model)-[edge:UNDER_LICENSE]->(license:License)
WHERE edge.declared_as IS NOT NULL
RETURN edge.declared_as AS declared_as, license.id AS license, count(model) AS models
ORDER BY models DESC, declared_as, license
LIMIT 10
