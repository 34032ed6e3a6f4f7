// What runs where; without $deployment all of it
MATCH (deployment:Deployment)-[:RUNS]->(model:Model)
WHERE $deployment IS NULL OR $deployment IN [deployment.id, deployment.name]
RETURN
  deployment.id AS deployment,
  deployment.name AS name,
  deployment.owner AS owner,
  deployment.environment AS environment,
  model.id AS model
ORDER BY deployment, model
