// How long a language is kept
//
// /// query
// audience = "analyst"
// question = "Of the models that descend from a root in a language, how many still declare it, generation by generation?"
// statuses = ["listed", "internal"]
// key = ["generation"]
// misses = "Roots that do not name the language, `multilingual` ones among them. A model counts once for each root it descends from; a generation is the distance from that root. Of a model that says `multilingual` and does not name the language nobody can tell: it is neither kept nor other. Roots of every status count."
// references = ["question N4", "arXiv:2508.06811"]
//
// [params]
// language = { type = "STRING", default = "de", help = "The language, as code of ISO 639" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go down" }
// limit = { type = "INTEGER", default = 40, help = "Most rows to return" }
//
// [columns]
// generation = "INTEGER"
// descendants = "INTEGER"
// kept = "INTEGER"
// multilingual = "INTEGER"
// other = "INTEGER"
// silent = "INTEGER"
// share_kept = "FLOAT"
// share_of_declaring = "FLOAT"
// ///
MATCH (language:Language {id: $language})<-[:IN_LANGUAGE]-(root:Model)
WHERE root.child_count > 0 AND root.generation_max = 0
MATCH way = (root)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{1,40}(model:Model)
WHERE model <> root
WITH root, model, min(length(way)) AS generation
WHERE generation <= $max_hops AND model.status IN ['listed', 'internal']
// What a model declares is looked up once, however many roots it has.
WITH model, collect(generation) AS generations
OPTIONAL MATCH (model)-[:IN_LANGUAGE]->(own:Language WHERE own.id <> 'code')
WITH
  model,
  generations,
  count(own) > 0 AS declaring,
  count(CASE WHEN own.id = $language THEN 1 END) > 0 AS kept,
  count(CASE WHEN own.id = 'multilingual' THEN 1 END) > 0 AS multilingual
UNWIND generations AS generation
WITH
  generation,
  count(*) AS descendants,
  count(CASE WHEN declaring THEN 1 END) AS declaring,
  count(CASE WHEN kept THEN 1 END) AS kept,
  count(CASE WHEN multilingual AND NOT kept THEN 1 END) AS multilingual
RETURN
  generation,
  descendants,
  kept,
  multilingual,
  declaring - kept - multilingual AS other,
  descendants - declaring AS silent,
  toFloat(kept) / descendants AS share_kept,
  CASE WHEN declaring > 0 THEN toFloat(kept) / declaring END AS share_of_declaring
ORDER BY generation
LIMIT $limit
