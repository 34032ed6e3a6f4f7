// Descendants of a model, drawn
//
// /// query
// audience = "analyst"
// question = "What does the tree below this model look like?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["path"]
// misses = "What lineage/descendants misses. Each row is one derivation step, for Neo4j Browser to join into one picture."
// references = ["question S2"]
//
// [params]
// model = { type = "STRING", default = "northwind-ai/Kestrel-7B", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go down" }
// limit = { type = "INTEGER", default = 300, help = "Most steps to draw, nearest first: Browser draws 300 nodes" }
//
// [columns]
// path = "PATH"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH path = (parent:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{0,39}(model)
WITH parent, min(length(path)) AS hops
WHERE hops < $max_hops
MATCH path = (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->(parent)
RETURN path
ORDER BY hops, parent.id, child.id, type(edge)
LIMIT $limit
