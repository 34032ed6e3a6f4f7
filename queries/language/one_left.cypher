// Models in one language under a multilingual ancestor
//
// /// query
// audience = "analyst"
// question = "Which models declare one language only although an ancestor, at any distance, declares many?"
// statuses = ["listed", "internal"]
// key = ["descendant", "ancestor"]
// misses = "Models that declare no language; parents that nobody declared. An ancestor that says `multilingual` counts for two languages at least, `code` for none on either end. Ancestors of every status count. Where several paths are shortest, one of them is shown."
// next = "For another language than the one left take the ancestor, or test first what became of it."
// references = ["question N2", "arXiv:2508.06811"]
//
// [params]
// language = { type = "STRING", default = "en", help = "The language that is left, as code of ISO 639" }
// min_languages = { type = "INTEGER", default = 5, range = [2, 64], help = "Fewest languages that the ancestor declares" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// descendant = "STRING"
// ancestor = "STRING"
// hops = "INTEGER"
// ancestor_languages = "LIST<STRING>"
// language_count = "INTEGER"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// lineage_confidence = "STRING"
// ///
MATCH (descendant:Model)
WHERE descendant.upstream_language_count >= $min_languages
  AND descendant.status IN ['listed', 'internal']
  AND coalesce(descendant.downloads, 0) >= $min_downloads
  AND EXISTS { (descendant)-[:IN_LANGUAGE]->(:Language {id: $language}) }
  AND NOT EXISTS {
    MATCH (descendant)-[:IN_LANGUAGE]->(other:Language)
    WHERE NOT other.id IN [$language, 'code']
  }
MATCH path = (descendant)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{1,40}(ancestor:Model)
WHERE ancestor <> descendant
WITH descendant, ancestor, min(length(path)) AS hops
WHERE hops <= $max_hops
WITH ancestor, collect({node: descendant, hops: hops}) AS descendants
WITH
  ancestor,
  descendants,
  COLLECT {
    MATCH (ancestor)-[:IN_LANGUAGE]->(language:Language)
    WHERE language.id <> 'code'
    RETURN language.id ORDER BY language.id
  } AS languages
WITH
  ancestor,
  descendants,
  languages,
  CASE
    WHEN NOT 'multilingual' IN languages THEN size(languages)
    WHEN size(languages) > 2 THEN size(languages) - 1
    ELSE 2
  END AS language_count
WHERE language_count >= $min_languages
UNWIND descendants AS pair
WITH pair.node AS descendant, ancestor, pair.hops AS hops, languages, language_count
ORDER BY descendant.descendant_count DESC, descendant.id, hops, ancestor.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (descendant)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
RETURN
  descendant.id AS descendant,
  ancestor.id AS ancestor,
  hops,
  languages AS ancestor_languages,
  language_count,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path,
  descendant.descendant_count AS descendant_count,
  descendant.downloads AS downloads,
  descendant.lineage_confidence AS lineage_confidence
ORDER BY descendant_count DESC, descendant, hops, ancestor
