// Share-alike terms that a child does not keep
//
// /// query
// audience = "auditor"
// question = "Which models name other terms than the share-alike terms of a direct parent allow?"
// severity = "high"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Children that state no licence (risk/license_dropped), further ancestors, exceptions granted in private, licences of data sets. A label that the parent's steward lists as compatible is no loss."
// next = "Treat the child as under the parent's licence, and pass on what you make of it under the same."
// references = ["question L8"]
//
// [params]
// verdicts = { type = "LIST<STRING>", default = ["review", "conflict"], choices = ["review", "conflict", "undecidable"], help = "Verdicts of the edge" }
// reasons = { type = "LIST<STRING>", default = ["SHARE_ALIKE_LOST"], choices = ["SHARE_ALIKE_LOST", "WEAK_COPYLEFT_FILES", "VERSION_UNKNOWN"], help = "Reasons of which the edge has one" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// license_verdict = "STRING"
// license_reasons = "LIST<STRING>"
// child_licenses = "LIST<STRING>"
// parent_licenses = "LIST<STRING>"
// share_alike = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.license_verdict IN $verdicts
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.license_verdict IN $verdicts
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.license_verdict IN $verdicts
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.license_verdict IN $verdicts
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.license_verdict IN $verdicts
  RETURN edge
}
WITH edge, startNode(edge) AS child, endNode(edge) AS parent
WHERE any(reason IN edge.license_reasons WHERE reason IN $reasons)
  AND child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
WITH edge, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.license_verdict AS license_verdict,
  edge.license_reasons AS license_reasons,
  COLLECT {
    MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS child_licenses,
  COLLECT {
    MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS parent_licenses,
  COLLECT {
    MATCH (parent)-[:UNDER_LICENSE]->(license:License)
    WHERE license.share_alike <> 'none'
    RETURN DISTINCT license.share_alike ORDER BY license.share_alike
  } AS share_alike,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
