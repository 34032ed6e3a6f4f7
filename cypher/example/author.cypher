MATCH (author:Author)<-[:PUBLISHED_BY]-(model:Model)
RETURN author.id AS author, count(model) AS models, sum(model.descendant_count) AS descendants
ORDER BY descendants DESC, author
LIMIT 10
