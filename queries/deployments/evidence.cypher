// Evidence for one deployment
//
// /// query
// audience = "engineer"
// question = "What does this deployment run, which ancestors stand behind it, by which ways, under which licences and by which snapshot?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["deployment", "model", "ancestor"]
// misses = "Where several shortest ways lead to an ancestor, one of them is shown. Licences of data sets are not considered."
// references = ["question I8"]
//
// [params]
// deployment = { type = "STRING", default = "systems:chat", help = "Id of the deployment, or its name" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, nearest first" }
//
// [columns]
// deployment = "STRING"
// model = "STRING"
// ancestor = "STRING"
// hops = "INTEGER"
// licenses = "LIST<STRING>"
// license_evidence = "LIST<STRING>"
// status = "STRING"
// sha = "STRING"
// first_seen = "ZONED DATETIME"
// last_seen = "ZONED DATETIME"
// snapshot = "STRING"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// ///
MATCH (deployment:Deployment)-[:RUNS]->(model:Model)
WHERE $deployment IN [deployment.id, deployment.name]
MATCH way = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{0,40}(ancestor:Model)
WITH deployment, model, ancestor, min(length(way)) AS hops
ORDER BY deployment.id, model.id, hops, ancestor.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
OPTIONAL MATCH ANY SHORTEST (path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor))
WITH deployment, model, ancestor, hops, CASE WHEN hops > 0 THEN path END AS path
RETURN
  deployment.id AS deployment,
  model.id AS model,
  ancestor.id AS ancestor,
  hops,
  COLLECT { MATCH (ancestor)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  COLLECT {
    MATCH (ancestor)-[edge:UNDER_LICENSE]->(license:License) RETURN edge.evidence ORDER BY license.id
  } AS license_evidence,
  ancestor.status AS status,
  ancestor.sha AS sha,
  ancestor.first_seen AS first_seen,
  ancestor.last_seen AS last_seen,
  head(COLLECT {
    MATCH (snapshot:Snapshot {status: 'complete'}) RETURN snapshot.id ORDER BY snapshot.as_of DESC, snapshot.id
  }) AS snapshot,
  coalesce([edge IN relationships(path) | type(edge)], []) AS relations,
  coalesce([node IN nodes(path) | node.id], [model.id]) AS path
ORDER BY deployment, model, hops, ancestor
