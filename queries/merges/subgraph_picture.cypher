// Everything that went into a merge, drawn
//
// /// query
// audience = "analyst"
// question = "What does the way from this merge up to its roots look like?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["path"]
// misses = "What merges/subgraph misses. Each row is one derivation step, for Neo4j Browser to join into one picture."
// references = ["question M1"]
//
// [params]
// model = { type = "STRING", default = "magpie-merges/Corinthian-8B-v2", id_of = "Model", help = "Id of the merge, or another name, in any letter case" }
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
MATCH path = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{0,39}(child:Model)
WITH child, min(length(path)) AS hops
WHERE hops < $max_hops
MATCH path = (child)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->(parent:Model)
RETURN path
ORDER BY hops, child.id, type(edge), parent.id
LIMIT $limit
