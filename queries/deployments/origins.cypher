// Whom deployments stand on
//
// /// query
// audience = "engineer"
// question = "From which publishers come the models that run, and the roots that those descend from?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["publisher", "role"]
// misses = "Where a publisher sits, which the Hub does not say."
// references = ["question I7"]
//
// [params]
// environments = { type = "LIST<STRING>", default = [], help = "Only these environments; empty for all" }
// inventories = { type = "LIST<STRING>", default = [], help = "Only these inventories; empty for all" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most deployments first" }
//
// [columns]
// publisher = "STRING"
// role = "STRING"
// deployments = "INTEGER"
// models = "LIST<STRING>"
// owners = "LIST<STRING>"
// ///
MATCH (deployment:Deployment)-[runs:RUNS]->(model:Model)
WHERE deployment.retired_at IS NULL
  AND (size($environments) = 0 OR deployment.environment IN $environments)
  AND (size($inventories) = 0 OR deployment.inventory IN $inventories)
MATCH way = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{0,40}(origin:Model)
WITH deployment, model, origin, min(length(way)) AS hops
WHERE hops = 0 OR origin.generation_max = 0
UNWIND CASE
  WHEN hops = 0 AND origin.generation_max = 0 THEN ['runs', 'root']
  WHEN hops = 0 THEN ['runs']
  ELSE ['root']
END AS role
WITH origin.author AS publisher, role, deployment, origin
ORDER BY publisher, role, origin.id, deployment.owner
WITH
  publisher,
  role,
  count(DISTINCT deployment) AS deployments,
  collect(DISTINCT origin.id) AS models,
  collect(DISTINCT deployment.owner) AS owners
RETURN publisher, role, deployments, models, owners
ORDER BY deployments DESC, publisher, role
LIMIT $limit
