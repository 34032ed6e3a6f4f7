MATCH (parent:Model)<-[:FINETUNE_OF]-(child:Model)-[:TRAINED_ON]->(dataset:Dataset)
WHERE NOT EXISTS { (parent)-[:TRAINED_ON]->(dataset) }
RETURN dataset.id AS dataset, count(DISTINCT child) AS models
ORDER BY models DESC, dataset
LIMIT 10
