// Deleted ancestors with living descendants
//
// /// query
// audience = "auditor"
// question = "Which models are no longer listed although models that are descend from them?"
// statuses = ["removed"]
// key = ["model"]
// misses = "Parents that no snapshot ever listed: quality/missing_parents."
// next = "Keep what is known of its licence: the Hub no longer shows it."
// references = ["question H8"]
//
// [params]
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of the most downloaded descendant" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most living descendants first" }
//
// [columns]
// model = "STRING"
// last_seen = "ZONED DATETIME"
// licenses = "LIST<STRING>"
// living_children = "INTEGER"
// living_descendants = "INTEGER"
// most_downloaded = "STRING"
// downloads = "INTEGER"
// ///
MATCH (model:Model {status: 'removed'})
WHERE model.descendant_count > 0
MATCH way = (model)<-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]-{1,40}(descendant:Model)
WITH model, descendant, min(length(way)) AS hops
WHERE descendant <> model AND descendant.status IN ['listed', 'internal']
ORDER BY coalesce(descendant.downloads, 0) DESC, descendant.id
WITH
  model,
  count(descendant) AS living_descendants,
  count(CASE WHEN hops = 1 THEN 1 END) AS living_children,
  head(collect(descendant)) AS top
WHERE coalesce(top.downloads, 0) >= $min_downloads
RETURN
  model.id AS model,
  model.last_seen AS last_seen,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  living_children,
  living_descendants,
  top.id AS most_downloaded,
  top.downloads AS downloads
ORDER BY living_descendants DESC, model
LIMIT $limit
