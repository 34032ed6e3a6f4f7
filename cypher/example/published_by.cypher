MATCH (author:Author)<-[:PUBLISHED_BY]-(child:Model)-[:FINETUNE_OF]->(parent:Model)-[:PUBLISHED_BY]->(other:Author)
WHERE author <> other
RETURN other.id AS publisher, count(DISTINCT author) AS others_that_build_on_it
ORDER BY others_that_build_on_it DESC, publisher
LIMIT 10
