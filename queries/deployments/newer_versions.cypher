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
MATCH (deployment:Deployment)-[runs:RUNS]->(model:Model)
WHERE deployment.retired_at IS NULL
  AND (size($environments) = 0 OR deployment.environment IN $environments)
  AND (size($inventories) = 0 OR deployment.inventory IN $inventories)
CALL (model) {
  WITH model
  WHERE model.new_version IS NOT NULL
  OPTIONAL MATCH (known:Model {id_lower: toLower(model.new_version)})
  RETURN coalesce(known.id, model.new_version) AS newer, 'new_version' AS how, known AS successor
UNION
  MATCH (model)-[own:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(:Model)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]-(sibling:Model)
  WHERE sibling <> model
    AND type(edge) = type(own)
    AND sibling.author = model.author
    AND sibling.created_at > model.created_at
    AND sibling.status = 'listed'
  RETURN sibling.id AS newer, 'sibling' AS how, sibling AS successor
}
WITH deployment, model, newer, min(how) AS how, head(collect(successor)) AS successor
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
