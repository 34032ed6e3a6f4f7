// Licences that changed since approval
//
// /// query
// audience = "engineer"
// question = "For which deployments did the licence of the model or of an ancestor change after their use was approved?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["deployment", "model", "changed", "as_of"]
// misses = "Deployments without a date of approval. Changes between two snapshots that were undone before the second, and everything before the first snapshot."
// next = "Approve again under the licence of today, or keep to the revision that was approved."
// references = ["question I6"]
//
// [params]
// environments = { type = "LIST<STRING>", default = [], help = "Only these environments; empty for all" }
// inventories = { type = "LIST<STRING>", default = [], help = "Only these inventories; empty for all" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, newest first" }
//
// [columns]
// deployment = "STRING"
// name = "STRING"
// owner = "STRING"
// environment = "STRING"
// model = "STRING"
// changed = "STRING"
// hops = "INTEGER"
// before = "LIST<STRING>"
// after = "LIST<STRING>"
// as_of = "ZONED DATETIME"
// approved_at = "ZONED DATETIME"
// ///
MATCH (deployment:Deployment)-[runs:RUNS]->(model:Model)
WHERE deployment.retired_at IS NULL
  AND (size($environments) = 0 OR deployment.environment IN $environments)
  AND (size($inventories) = 0 OR deployment.inventory IN $inventories)
  AND deployment.approved_at IS NOT NULL
MATCH way = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{0,40}(changed:Model)
WITH deployment, model, changed, min(length(way)) AS hops
MATCH (change:Change {field: 'license'})-[:OF]->(changed)
WHERE change.as_of > deployment.approved_at
RETURN
  deployment.id AS deployment,
  deployment.name AS name,
  deployment.owner AS owner,
  deployment.environment AS environment,
  model.id AS model,
  changed.id AS changed,
  hops,
  change.before AS before,
  change.after AS after,
  change.as_of AS as_of,
  deployment.approved_at AS approved_at
ORDER BY as_of DESC, deployment, hops, changed, model
LIMIT $limit
