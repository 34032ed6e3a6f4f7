// Everything that went into a merge
//
// /// query
// audience = "analyst"
// question = "Which models and derivation steps lie between this merge and its roots?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "child", "relation", "parent"]
// misses = "Parents that a card does not name: mergekit leaves local paths out of the cards that it writes."
// references = ["question M1"]
//
// [params]
// model = { type = "STRING", default = "magpie-merges/Corinthian-8B-v2", id_of = "Model", help = "Id of the merge, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// limit = { type = "INTEGER", default = 1000, help = "Most steps to return, nearest first" }
//
// [columns]
// model = "STRING"
// hops = "INTEGER"
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// license_change = "STRING"
// child_licenses = "LIST<STRING>"
// parent_licenses = "LIST<STRING>"
// parent_status = "STRING"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH path = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{0,39}(child:Model)
WITH model, child, min(length(path)) + 1 AS hops
WHERE hops <= $max_hops
MATCH (child)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->(parent:Model)
WITH model, hops, child, edge, parent
ORDER BY model.id, hops, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  model.id AS model,
  hops,
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.license_change AS license_change,
  COLLECT { MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS child_licenses,
  COLLECT { MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS parent_licenses,
  parent.status AS parent_status
ORDER BY model, hops, child, relation, parent
