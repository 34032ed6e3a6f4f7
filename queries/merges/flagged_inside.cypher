// Merges with a flagged model inside
//
// /// query
// audience = "auditor"
// question = "Which merges contain a flagged model, at any depth, and by which way?"
// statuses = ["listed", "internal"]
// key = ["model", "ancestor"]
// misses = "Flags that are in no Review of the graph; parents that nobody declared. A flag holds until its day. Of several flags on one model the newest is shown. Flagged models of every status count."
// next = "Take the merge out of use until the flag is settled, or take a merge without that model."
// references = ["question M8"]
//
// [params]
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go down" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// ancestor = "STRING"
// hops = "INTEGER"
// flagged_by = "STRING"
// flagged_why = "STRING"
// flagged_at = "ZONED DATETIME"
// licenses = "LIST<STRING>"
// ancestor_licenses = "LIST<STRING>"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// lineage_confidence = "STRING"
// ///
MATCH (review:Review {decision: 'flag'})-[:ABOUT]->(ancestor:Model)
WHERE review.until IS NULL OR review.until >= date()
WITH ancestor, review
ORDER BY review.at DESC, review.id
WITH ancestor, head(collect(review)) AS review
MATCH way = (ancestor)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{1,40}(model:Model)
WHERE model <> ancestor
WITH ancestor, review, model, min(length(way)) AS hops
WHERE hops <= $max_hops
  AND model.status IN ['listed', 'internal']
  AND coalesce(model.downloads, 0) >= $min_downloads
  AND EXISTS { (model)-[:MERGE_OF]->(:Model) }
WITH ancestor, review, model, hops
ORDER BY model.descendant_count DESC, model.id, hops, ancestor.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
RETURN
  model.id AS model,
  ancestor.id AS ancestor,
  hops,
  review.who AS flagged_by,
  review.why AS flagged_why,
  review.at AS flagged_at,
  COLLECT {
    MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS licenses,
  COLLECT {
    MATCH (ancestor)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS ancestor_licenses,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads,
  model.lineage_confidence AS lineage_confidence
ORDER BY descendant_count DESC, model, hops, ancestor
