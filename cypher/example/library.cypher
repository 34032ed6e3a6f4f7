MATCH (library:Library {known: false})<-[:USES_LIBRARY]-(model:Model)
RETURN library.id AS library, count(model) AS models
ORDER BY models DESC, library
LIMIT 10
