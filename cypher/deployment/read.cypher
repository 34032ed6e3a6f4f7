MATCH (deployment:Deployment)
WHERE $inventory IS NULL OR deployment.inventory = $inventory
RETURN
  properties(deployment) AS deployment,
  COLLECT {
    MATCH (deployment)-[runs:RUNS]->(model:Model)
    RETURN [model.id, runs.revision, runs.declared_as, runs.hub_id] ORDER BY model.id
  } AS runs
ORDER BY deployment.id
