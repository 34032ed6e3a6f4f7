// Nearest common ancestors of two models
//
// /// query
// audience = "analyst"
// question = "Which models do these two both descend from, the nearest first?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "relative", "ancestor"]
// misses = "Ancestors that nobody declared, and those more than 40 generations up. Near is who is few steps away from the two together, each by its shortest way; lineage/path_between shows the way."
// references = ["question S5"]
//
// [params]
// model = { type = "STRING", default = "brightmoor/Kestrel-Storyteller-7B", id_of = "Model", help = "Id of one model, or another name, in any letter case" }
// relative = { type = "STRING", default = "tinhare/kestrel-7b-sql-lora", id_of = "Model", help = "Id of the other, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, nearest first" }
//
// [columns]
// model = "STRING"
// relative = "STRING"
// ancestor = "STRING"
// distance = "INTEGER"
// hops = "INTEGER"
// relative_hops = "INTEGER"
// status = "STRING"
// licenses = "LIST<STRING>"
// descendant_count = "INTEGER"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
OPTIONAL MATCH (:Alias {id_lower: toLower($relative)})<-[:ALSO_KNOWN_AS]-(moved:Model)
MATCH (relative:Model {id_lower: coalesce(moved.id_lower, toLower($relative))})
WHERE relative <> model AND (relative.id = $relative OR NOT EXISTS { (:Model {id: $relative}) })

UNWIND [model, relative] AS start
// From 0 hops: where one of the two descends from the other, that one is the nearest.
MATCH way = (start)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{0,40}(ancestor:Model)
WITH model, relative, start, ancestor, min(length(way)) AS hops
WITH
  model,
  relative,
  ancestor,
  count(start) AS starts,
  sum(hops) AS distance,
  sum(CASE start WHEN model THEN hops END) AS hops,
  sum(CASE start WHEN relative THEN hops END) AS relative_hops
WHERE starts = 2
ORDER BY distance, ancestor.id, model.id, relative.id
LIMIT $limit
RETURN
  model.id AS model,
  relative.id AS relative,
  ancestor.id AS ancestor,
  distance,
  hops,
  relative_hops,
  ancestor.status AS status,
  COLLECT { MATCH (ancestor)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  ancestor.descendant_count AS descendant_count
ORDER BY distance, ancestor, model, relative
