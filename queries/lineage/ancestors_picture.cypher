// Ancestors of a model with their licences, drawn
//
// /// query
// audience = "analyst"
// question = "Which licences stand along the way from this model up to its roots?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["path"]
// misses = "What lineage/ancestors misses. Each row is one derivation step or one licence of a model, for Neo4j Browser to join into one picture."
// references = ["question S1"]
//
// [params]
// model = { type = "STRING", default = "brightmoor/Kestrel-Storyteller-7B", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// limit = { type = "INTEGER", default = 300, help = "Most steps to draw, nearest first: Browser draws 300 nodes" }
//
// [columns]
// path = "PATH"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH path = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{0,40}(relative:Model)
WITH relative, min(length(path)) AS hops
WHERE hops <= $max_hops
CALL (relative, hops) {
  MATCH path = (relative)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->(parent:Model)
  WHERE hops < $max_hops
  RETURN path, type(edge) AS type, parent.id AS end
  UNION ALL
  MATCH path = (relative)-[:UNDER_LICENSE]->(license:License)
  RETURN path, 'UNDER_LICENSE' AS type, license.id AS end
}
RETURN path
ORDER BY hops, relative.id, type, end
LIMIT $limit
