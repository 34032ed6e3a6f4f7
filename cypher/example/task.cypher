MATCH (task:Task)<-[:HAS_TASK]-(model:Model)
RETURN task.modality AS modality, task.class AS class, count(model) AS models
ORDER BY models DESC, modality, class
LIMIT 10
