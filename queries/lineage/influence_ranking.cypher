// Most influential models
//
// /// query
// audience = "analyst"
// question = "Of the models with most descendants, whose descendants are downloaded or liked most?"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "Models with fewer descendants than the candidates, however often those are downloaded. A descendant of several candidates counts for each of them; downloads that no snapshot gives count as none. The models ranked are of every status."
// references = ["question S12"]
//
// [params]
// weight = { type = "STRING", default = "downloads", choices = ["downloads", "likes"], help = "What to rank by: downloads in 30 days, or likes" }
// candidates = { type = "INTEGER", default = 50, help = "How many models to look at, those with most descendants over all relations" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// limit = { type = "INTEGER", default = 20, help = "Most rows to return, most influential first" }
//
// [columns]
// model = "STRING"
// descendants = "INTEGER"
// descendant_downloads = "INTEGER"
// descendant_likes = "INTEGER"
// downloads = "INTEGER"
// likes = "INTEGER"
// status = "STRING"
// licenses = "LIST<STRING>"
// ///
MATCH (model:Model)
WHERE model.child_count > 0
WITH model
ORDER BY model.descendant_count DESC, model.id
LIMIT $candidates
MATCH way = (model)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{1,40}(descendant:Model)
WHERE descendant <> model
WITH model, descendant, min(length(way)) AS hops
WHERE descendant.status IN ['listed', 'internal']
WITH
  model,
  count(*) AS descendants,
  sum(descendant.downloads) AS descendant_downloads,
  sum(descendant.likes) AS descendant_likes
ORDER BY CASE $weight WHEN 'likes' THEN descendant_likes ELSE descendant_downloads END DESC, model.id
LIMIT $limit
RETURN
  model.id AS model,
  descendants,
  descendant_downloads,
  descendant_likes,
  model.downloads AS downloads,
  model.likes AS likes,
  model.status AS status,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses
ORDER BY CASE $weight WHEN 'likes' THEN descendant_likes ELSE descendant_downloads END DESC, model
