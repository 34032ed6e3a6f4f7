UNWIND $ids AS id
MATCH (:Model {id: id})-[:HAS_TASK]->(task:Task)
RETURN DISTINCT task.id AS task
ORDER BY task
