MATCH (model:Model)-[:IN_LANGUAGE]->(language:Language)
WHERE model.generation_max = 0
RETURN language.name AS language, count(model) AS roots
ORDER BY roots DESC, language
LIMIT 10
