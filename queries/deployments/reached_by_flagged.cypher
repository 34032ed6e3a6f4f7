// Deployments that a flagged model reached
//
// /// query
// audience = "engineer"
// question = "Which deployments run a flagged model or one that descends from it, and by which way?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["deployment", "model", "flagged"]
// misses = "Flags that are in no Review of the graph; parents that nobody declared. Of several flags on one model the newest is shown."
// next = "Take it out of use until the flag is settled."
// references = ["question I2"]
//
// [params]
// environments = { type = "LIST<STRING>", default = [], help = "Only these environments; empty for all" }
// inventories = { type = "LIST<STRING>", default = [], help = "Only these inventories; empty for all" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, nearest first" }
//
// [columns]
// deployment = "STRING"
// name = "STRING"
// owner = "STRING"
// environment = "STRING"
// model = "STRING"
// flagged = "STRING"
// flagged_by = "STRING"
// flagged_why = "STRING"
// hops = "INTEGER"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// ///
MATCH (review:Review {decision: 'flag'})-[:ABOUT]->(flagged:Model)
WHERE review.until IS NULL OR review.until >= date()
WITH flagged, review
ORDER BY review.at DESC, review.id
WITH flagged, head(collect(review)) AS review
MATCH way = (flagged)<-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]-{0,40}(model:Model)
WITH flagged, review, model, min(length(way)) AS hops
MATCH (deployment:Deployment)-[:RUNS]->(model)
WHERE deployment.retired_at IS NULL
  AND (size($environments) = 0 OR deployment.environment IN $environments)
  AND (size($inventories) = 0 OR deployment.inventory IN $inventories)
WITH deployment, flagged, review, model, hops
ORDER BY hops, deployment.id, model.id, flagged.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
OPTIONAL MATCH ANY SHORTEST (path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(flagged))
RETURN
  deployment.id AS deployment,
  deployment.name AS name,
  deployment.owner AS owner,
  deployment.environment AS environment,
  model.id AS model,
  flagged.id AS flagged,
  review.who AS flagged_by,
  review.why AS flagged_why,
  hops,
  coalesce([edge IN relationships(path) | type(edge)], []) AS relations,
  coalesce([node IN nodes(path) | node.id], [model.id]) AS path
ORDER BY hops, deployment, model, flagged
