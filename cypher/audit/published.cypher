MATCH (:Author {id: $author})<-[:PUBLISHED_BY]-(model:Model)
RETURN model.id AS model
ORDER BY model
