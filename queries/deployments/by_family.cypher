// Deployments by family
//
// /// query
// audience = "engineer"
// question = "Which families do deployments stand on, and who answers for them where?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["family", "deployment", "model"]
// misses = "Merges join no families: lineage/roots has all roots of a merge."
// references = ["question I3"]
//
// [params]
// environments = { type = "LIST<STRING>", default = [], help = "Only these environments; empty for all" }
// inventories = { type = "LIST<STRING>", default = [], help = "Only these inventories; empty for all" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, by family" }
//
// [columns]
// family = "STRING"
// family_size = "INTEGER"
// deployment = "STRING"
// name = "STRING"
// owner = "STRING"
// environment = "STRING"
// model = "STRING"
// revision = "STRING"
// ///
MATCH (deployment:Deployment)-[runs:RUNS]->(model:Model)
WHERE deployment.retired_at IS NULL
  AND (size($environments) = 0 OR deployment.environment IN $environments)
  AND (size($inventories) = 0 OR deployment.inventory IN $inventories)
OPTIONAL MATCH (model)-[:IN_FAMILY]->(family:Family)
RETURN
  family.id AS family,
  family.model_count AS family_size,
  deployment.id AS deployment,
  deployment.name AS name,
  deployment.owner AS owner,
  deployment.environment AS environment,
  model.id AS model,
  runs.revision AS revision
ORDER BY family, deployment, model
LIMIT $limit
