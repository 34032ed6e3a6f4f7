// Deployed names that lead elsewhere now
//
// /// query
// audience = "engineer"
// question = "Which deployments run a name that leads to another repository than when its use was approved?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["deployment", "model"]
// misses = "Deployments that were loaded after the name changed hands, and sources without the Hub's _id."
// next = "Compare the weights that run with the revision that was approved, before anything is pulled again."
// references = ["question I4"]
//
// [params]
// environments = { type = "LIST<STRING>", default = [], help = "Only these environments; empty for all" }
// inventories = { type = "LIST<STRING>", default = [], help = "Only these inventories; empty for all" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, by deployment" }
//
// [columns]
// deployment = "STRING"
// name = "STRING"
// owner = "STRING"
// environment = "STRING"
// model = "STRING"
// hub_id_then = "STRING"
// hub_id_now = "STRING"
// as_of = "ZONED DATETIME"
// ///
MATCH (deployment:Deployment)-[runs:RUNS]->(model:Model)
WHERE deployment.retired_at IS NULL
  AND (size($environments) = 0 OR deployment.environment IN $environments)
  AND (size($inventories) = 0 OR deployment.inventory IN $inventories)
  AND runs.hub_id <> model.hub_id
RETURN
  deployment.id AS deployment,
  deployment.name AS name,
  deployment.owner AS owner,
  deployment.environment AS environment,
  model.id AS model,
  runs.hub_id AS hub_id_then,
  model.hub_id AS hub_id_now,
  head(COLLECT {
    MATCH (change:Change {field: 'hub_id'})-[:OF]->(model) RETURN change.as_of ORDER BY change.as_of DESC
  }) AS as_of
ORDER BY deployment, model
LIMIT $limit
