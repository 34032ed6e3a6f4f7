// Copies and adapters under another licence than their source
//
// /// query
// audience = "auditor"
// question = "Which quantized versions and adapters name another licence than the model they were made from?"
// severity = "medium"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Copies that state no licence (risk/license_dropped); copies declared as fine-tunes; sources in no snapshot; licences of data sets. Sources of every status count."
// next = "A copy is under its source's licence: go by that one, or take the source itself."
// references = ["question Q3"]
//
// [params]
// changes = { type = "LIST<STRING>", default = ["loosened", "tightened", "changed", "unknown", "kept"], choices = ["kept", "loosened", "tightened", "changed", "dropped", "added", "unknown"], help = "What became of the terms; kept: the names differ, the terms do not" }
// relations = { type = "LIST<STRING>", default = ["ADAPTER_OF", "QUANTIZATION_OF"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations that count as copies" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// child_licenses = "LIST<STRING>"
// parent_licenses = "LIST<STRING>"
// license_change = "STRING"
// license_verdict = "STRING"
// license_reasons = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.license_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.license_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.license_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.license_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.license_change IN $changes
  RETURN edge
}
WITH edge, startNode(edge) AS child, endNode(edge) AS parent
WHERE child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
WITH
  edge,
  child,
  parent,
  COLLECT {
    MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS child_licenses,
  COLLECT {
    MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS parent_licenses
WHERE size(child_licenses) > 0 AND size(parent_licenses) > 0 AND child_licenses <> parent_licenses
WITH edge, child, parent, child_licenses, parent_licenses
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  child_licenses,
  parent_licenses,
  edge.license_change AS license_change,
  edge.license_verdict AS license_verdict,
  edge.license_reasons AS license_reasons,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
