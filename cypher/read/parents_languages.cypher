UNWIND $ids AS id
MATCH (:Model {id: id})-[:IN_LANGUAGE]->(language:Language)
RETURN DISTINCT language.id AS language
ORDER BY language
