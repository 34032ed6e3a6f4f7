MATCH (before:Task)<-[:HAS_TASK]-(parent:Model)<-[:FINETUNE_OF]-(child:Model)-[:HAS_TASK]->(task:Task)
WHERE task <> before
RETURN before.id AS before, task.id AS task, count(DISTINCT child) AS models
ORDER BY models DESC, before, task
LIMIT 10
