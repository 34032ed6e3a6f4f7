// Open models under a gated ancestor
//
// /// query
// audience = "auditor"
// question = "Which models are given to anybody although an ancestor, at any distance, is given out on request only?"
// severity = "low"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "Adapters, unless asked for: they do not hold the weights; gates of parents in no snapshot; gates that exclude a region (no snapshot tells); what a publisher allowed in private; licences of data sets. Of the gated ancestors the nearest is shown. Ancestors of every status count."
// next = "Accept the terms at the gated ancestor before you use what was made from it."
// references = ["question L15"]
//
// [params]
// gates = { type = "LIST<STRING>", default = ["auto", "manual", "true"], choices = ["auto", "manual", "true"], help = "How the ancestor is gated; true: nobody says how" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// ancestor = "STRING"
// hops = "INTEGER"
// gated = "STRING"
// licenses = "LIST<STRING>"
// ancestor_licenses = "LIST<STRING>"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// lineage_confidence = "STRING"
// ///
MATCH (ancestor:Model)
WHERE ancestor.child_count > 0 AND ancestor.gated IN $gates
MATCH way = (ancestor)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{1,40}(model:Model)
WHERE model <> ancestor
WITH ancestor, model, min(length(way)) AS hops
WHERE hops <= $max_hops
  AND model.gated = 'false'
  AND model.status IN ['listed', 'internal']
  AND coalesce(model.downloads, 0) >= $min_downloads
WITH model, ancestor, hops
ORDER BY hops, ancestor.id
WITH model, head(collect({node: ancestor, hops: hops})) AS nearest
WITH model, nearest.hops AS hops, nearest.node AS ancestor
ORDER BY model.descendant_count DESC, model.id
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
  ancestor.gated AS gated,
  COLLECT {
    MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS licenses,
  COLLECT {
    MATCH (ancestor)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS ancestor_licenses,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path,
  model.author = ancestor.author AS same_publisher,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads,
  model.lineage_confidence AS lineage_confidence
ORDER BY descendant_count DESC, model
