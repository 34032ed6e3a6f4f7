// Descendants of a model
//
// /// query
// audience = "analyst"
// question = "Which models descend from this model, and how far down?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "descendant"]
// misses = "Children that do not name their parent, and descendants more than 40 generations down. lineage/path_between shows how one of them descends."
// references = ["question S2"]
//
// [params]
// model = { type = "STRING", default = "northwind-ai/Kestrel-7B", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go down" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, nearest first" }
//
// [columns]
// model = "STRING"
// descendant = "STRING"
// hops = "INTEGER"
// status = "STRING"
// licenses = "LIST<STRING>"
// child_count = "INTEGER"
// downloads = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH path = (descendant:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{1,40}(model)
WHERE descendant <> model
WITH model, descendant, min(length(path)) AS hops
WHERE hops <= $max_hops
ORDER BY model.id, hops, descendant.id
LIMIT $limit
RETURN
  model.id AS model,
  descendant.id AS descendant,
  hops,
  descendant.status AS status,
  COLLECT { MATCH (descendant)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  descendant.child_count AS child_count,
  descendant.downloads AS downloads,
  descendant.created_at AS created_at
ORDER BY model, hops, descendant
