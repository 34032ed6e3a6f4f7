// Descendants that still declare a language
//
// /// query
// audience = "analyst"
// question = "Which descendants of this model still declare a language, the deepest or the most used first, and is it declared below them?"
// statuses = ["listed", "internal"]
// key = ["model", "descendant"]
// misses = "Descendants that say `multilingual` and do not name the language; children that do not name their parent. With carriers_below 0 a line ends: no descendant of any distance declares it. lineage/path_between shows how a descendant comes from the model."
// references = ["question N5"]
//
// [params]
// model = { type = "STRING", default = "skylark-collective/Skylark-1B", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// language = { type = "STRING", default = "cy", help = "The language, as code of ISO 639" }
// first = { type = "STRING", default = "deepest", choices = ["deepest", "most_used"], help = "What comes first: most hops, or most downloads" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go down" }
// limit = { type = "INTEGER", default = 100, help = "Most rows to return" }
//
// [columns]
// model = "STRING"
// descendant = "STRING"
// hops = "INTEGER"
// carriers_below = "INTEGER"
// language_count = "INTEGER"
// declared_as = "STRING"
// evidence = "STRING"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH way = (model)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{1,40}(descendant:Model)
WHERE descendant <> model
WITH model, descendant, min(length(way)) AS hops
WHERE hops <= $max_hops AND descendant.status IN ['listed', 'internal']
MATCH (descendant)-[declared:IN_LANGUAGE]->(language:Language {id: $language})
WITH
  model,
  descendant,
  hops,
  declared,
  CASE $first WHEN 'deepest' THEN hops ELSE coalesce(descendant.downloads, 0) END AS weight
ORDER BY model.id, weight DESC, descendant.id
LIMIT $limit
CALL (descendant) {
  MATCH way = (descendant)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{1,40}(below:Model)
  WHERE below <> descendant AND below.status IN ['listed', 'internal']
  WITH below, min(length(way)) AS distance
  WHERE EXISTS { (below)-[:IN_LANGUAGE]->(:Language {id: $language}) }
  RETURN count(below) AS carriers_below
}
RETURN
  model.id AS model,
  descendant.id AS descendant,
  hops,
  carriers_below,
  COUNT { MATCH (descendant)-[:IN_LANGUAGE]->(own:Language) WHERE NOT own.id IN ['code', 'multilingual'] } AS language_count,
  declared.declared_as AS declared_as,
  declared.evidence AS evidence,
  descendant.descendant_count AS descendant_count,
  descendant.downloads AS downloads
ORDER BY model, CASE $first WHEN 'deepest' THEN hops ELSE coalesce(downloads, 0) END DESC, descendant
