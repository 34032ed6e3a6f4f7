// Roots of a model
//
// /// query
// audience = "analyst"
// question = "From which models without parents does this model descend?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "root"]
// misses = "Parents that a root does not declare: a re-upload looks like a root. A cycle at the top counts as one root, and each of its members is listed. Where several shortest paths lead to a root, one of them is shown."
// references = ["question S3"]
//
// [params]
// model = { type = "STRING", default = "magpie-merges/Corinthian-8B-v2", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, nearest first" }
//
// [columns]
// model = "STRING"
// root = "STRING"
// hops = "INTEGER"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// status = "STRING"
// licenses = "LIST<STRING>"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH path = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{1,40}(root:Model)
WHERE root.generation_max = 0 AND root <> model
WITH model, root, min(length(path)) AS hops
ORDER BY model.id, hops, root.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(root)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
RETURN
  model.id AS model,
  root.id AS root,
  hops,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path,
  root.status AS status,
  COLLECT { MATCH (root)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses
ORDER BY model, hops, root
