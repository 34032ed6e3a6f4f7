// Influence of a model
//
// /// query
// audience = "analyst"
// question = "How often are the models that descend from this one downloaded and liked, generation by generation?"
// statuses = ["listed", "internal"]
// key = ["model", "hops"]
// misses = "Children that do not name their parent; downloads that no snapshot gives count as none. A descendant counts once, at its shortest distance; the model itself is the row of 0 hops."
// references = ["question S12"]
//
// [params]
// model = { type = "STRING", default = "northwind-ai/Kestrel-7B", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go down" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, nearest first" }
//
// [columns]
// model = "STRING"
// hops = "INTEGER"
// models = "INTEGER"
// downloads = "INTEGER"
// likes = "INTEGER"
// most_downloaded = "STRING"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }

MATCH way = (model)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{0,40}(descendant:Model)
WITH model, descendant, min(length(way)) AS hops
WHERE hops <= $max_hops AND descendant.status IN ['listed', 'internal']
ORDER BY coalesce(descendant.downloads, 0) DESC, descendant.id
RETURN
  model.id AS model,
  hops,
  count(*) AS models,
  sum(descendant.downloads) AS downloads,
  sum(descendant.likes) AS likes,
  head(collect(descendant.id)) AS most_downloaded
ORDER BY model, hops
LIMIT $limit
