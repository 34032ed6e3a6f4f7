// Ancestors of a model
//
// /// query
// audience = "analyst"
// question = "Which models does this model descend from, how far up and by which relations?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "ancestor"]
// misses = "Parents that nobody declared, and ancestors more than 40 generations up. Where several shortest paths lead to an ancestor, one of them is shown."
// references = ["question S1"]
//
// [params]
// model = { type = "STRING", default = "brightmoor/Kestrel-Storyteller-7B", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, nearest first" }
//
// [columns]
// model = "STRING"
// ancestor = "STRING"
// hops = "INTEGER"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// status = "STRING"
// licenses = "LIST<STRING>"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH path = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{1,40}(ancestor:Model)
WHERE ancestor <> model
WITH model, ancestor, min(length(path)) AS hops
WHERE hops <= $max_hops
ORDER BY model.id, hops, ancestor.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
RETURN
  model.id AS model,
  ancestor.id AS ancestor,
  hops,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path,
  ancestor.status AS status,
  COLLECT { MATCH (ancestor)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses
ORDER BY model, hops, ancestor
