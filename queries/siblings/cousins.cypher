// Cousins of a model
//
// /// query
// audience = "analyst"
// question = "Which models are cousins of this model: descendants, so many generations down, of an ancestor so many generations up?"
// statuses = ["listed", "internal"]
// key = ["model", "cousin"]
// misses = "Kinship that nobody declared. Who has a nearer ancestor in common with the model is no cousin, nor are its own ancestors and descendants. A generation is a step on the shortest way. Ancestors of every status count."
// references = ["question B6", "arXiv:2508.06811"]
//
// [params]
// model = { type = "STRING", default = "ashgrove-ml/Kestrel-7B-Fables-v2", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// up = { type = "INTEGER", default = 2, range = [1, 40], help = "Generations up to the shared ancestor: 1 for siblings and nephews, 2 for first cousins" }
// down = { type = "INTEGER", default = 2, range = [1, 40], help = "Generations down from it: as many as up for relatives of the model's own generation" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most downloads first" }
//
// [columns]
// model = "STRING"
// cousin = "STRING"
// shared_ancestors = "LIST<STRING>"
// licenses = "LIST<STRING>"
// task = "STRING"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH way = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{0,40}(ancestor:Model)
WITH model, ancestor, min(length(way)) AS hops
WITH model, collect({model: ancestor, hops: hops}) AS line
CALL (line) {
  UNWIND line AS one
  WITH one.model AS ancestor, one.hops AS hops
  WHERE hops = $up
  MATCH way = (ancestor)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{1,40}(relative:Model)
  WITH ancestor, relative, min(length(way)) AS hops
  WHERE hops = $down
  RETURN relative, ancestor
  UNION ALL
  // No cousins: the model's own line, and whoever descends from something nearer.
  UNWIND line AS one
  RETURN one.model AS relative, null AS ancestor
  UNION ALL
  UNWIND line AS one
  WITH one.model AS nearer, one.hops AS hops
  WHERE hops < $up
  MATCH (nearer)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{1,40}(relative:Model)
  RETURN DISTINCT relative, null AS ancestor
}
WITH model, relative AS cousin, ancestor
ORDER BY ancestor.id
WITH model, cousin, collect(ancestor.id) AS shared_ancestors, count(*) AS mentions
WHERE mentions = size(shared_ancestors) AND cousin.status IN ['listed', 'internal']
ORDER BY model.id, coalesce(cousin.downloads, 0) DESC, cousin.id
LIMIT $limit
RETURN
  model.id AS model,
  cousin.id AS cousin,
  shared_ancestors,
  COLLECT { MATCH (cousin)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  COLLECT { MATCH (cousin)-[:HAS_TASK]->(task:Task) RETURN task.id }[0] AS task,
  cousin.descendant_count AS descendant_count,
  cousin.downloads AS downloads,
  cousin.created_at AS created_at
ORDER BY model, coalesce(downloads, 0) DESC, cousin
