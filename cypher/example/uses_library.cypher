MATCH (model:Model)-[:USES_LIBRARY]->(library:Library)
RETURN library.id AS library, count(model) AS models
ORDER BY models DESC, library
LIMIT 10
