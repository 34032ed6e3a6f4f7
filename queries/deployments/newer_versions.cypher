// Deployed models with a successor
//
// /// query
// audience = "engineer"
// question = "For which deployments does the publisher name a new version of the model, or has published a younger sibling?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["deployment", "model", "newer"]
// misses = "Successors of other publishers, and siblings by another relation."
// references = ["question I5"]
//
// [params]
// environments = { type = "LIST<STRING>", default = [], help = "Only these environments; empty for all" }
// inventories = { type = "LIST<STRING>", default = [], help = "Only these inventories; empty for all" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, by deployment, newest first" }
//
// [columns]
// deployment = "STRING"
// name = "STRING"
// owner = "STRING"
// environment = "STRING"
// model = "STRING"
// newer = "STRING"
// how = "STRING"
// created_at = "ZONED DATETIME"
// downloads = "INTEGER"
// ///
MATCH (deployment:Deployment)-[:RUNS]->(model:Model)
WHERE deployment.retired_at IS NULL
  AND (size($environments) = 0 OR deployment.environment IN $environments)
  AND (size($inventories) = 0 OR deployment.inventory IN $inventories)
WITH model, collect(DISTINCT deployment) AS deployments
WITH collect({model: model, deployments: deployments}) AS running
CALL (running) {
  UNWIND running AS one
  WITH one, one.model AS model
  WHERE model.new_version IS NOT NULL
  OPTIONAL MATCH (known:Model {id_lower: toLower(model.new_version)})
  RETURN one, coalesce(known.id, model.new_version) AS newer, 'new_version' AS how, known AS successor
UNION
  UNWIND running AS one
  WITH one, one.model AS model
  MATCH (model)-[own:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
  // The children of a parent are looked at once, however many of them run.
  WITH parent, type(own) AS relation, collect(DISTINCT one) AS ours, collect(DISTINCT model.author) AS authors
  MATCH (parent)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]-(sibling:Model)
  WHERE type(edge) = relation
    AND sibling.author IN authors
    AND sibling.status = 'listed'
  UNWIND ours AS one
  WITH one, one.model AS model, sibling
  WHERE sibling <> model
    AND sibling.author = model.author
    AND sibling.created_at > model.created_at
  RETURN one, sibling.id AS newer, 'sibling' AS how, sibling AS successor
}
UNWIND one.deployments AS deployment
WITH deployment, one.model AS model, newer, min(how) AS how, head(collect(successor)) AS successor
RETURN
  deployment.id AS deployment,
  deployment.name AS name,
  deployment.owner AS owner,
  deployment.environment AS environment,
  model.id AS model,
  newer,
  how,
  successor.created_at AS created_at,
  successor.downloads AS downloads
ORDER BY deployment, model, created_at DESC, newer
LIMIT $limit
