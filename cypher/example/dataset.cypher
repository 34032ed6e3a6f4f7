MATCH (dataset:Dataset)<-[:TRAINED_ON]-(model:Model)
RETURN dataset.id AS dataset, count(model) AS models
ORDER BY models DESC, dataset
LIMIT 10
