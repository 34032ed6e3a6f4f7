// Derivatives under looser terms than their parent
//
// /// query
// audience = "auditor"
// question = "Which models drop terms that the licence of a direct parent asks for?"
// severity = "high"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Restrictions further up than the direct parent (see risk/restricted_ancestor_permissive_descendant); parents in no snapshot; licences whose text is not in the table; permission obtained in private; licences of data sets. Parents of every status count."
// next = "Read the parent's licence: its terms reach the child whatever the label says. Ask the publisher to restore the label, or use the child under the parent's terms."
// references = ["question L2", "arXiv:2508.06811"]
//
// [params]
// changes = { type = "LIST<STRING>", default = ["loosened"], choices = ["kept", "loosened", "tightened", "changed", "dropped", "added", "unknown"], help = "What became of the terms; dropped: the child declares no licence" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// license_change = "STRING"
// license_verdict = "STRING"
// license_reasons = "LIST<STRING>"
// child_licenses = "LIST<STRING>"
// parent_licenses = "LIST<STRING>"
// terms_lost = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
// One branch for each type, because each type has its own index on license_change.
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
WHERE child.status IN ['listed', 'internal'] AND coalesce(child.downloads, 0) >= $min_downloads
WITH edge, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
WITH
  edge,
  child,
  parent,
  COLLECT { MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license ORDER BY license.id } AS child_licenses,
  COLLECT { MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license ORDER BY license.id } AS parent_licenses
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.license_change AS license_change,
  edge.license_verdict AS license_verdict,
  edge.license_reasons AS license_reasons,
  [license IN child_licenses | license.id] AS child_licenses,
  [license IN parent_licenses | license.id] AS parent_licenses,
  [
    term IN coalesce(head(parent_licenses).terms, [])
    WHERE all(license IN parent_licenses WHERE term IN license.terms)
      AND none(license IN child_licenses WHERE term IN license.terms)
  ] AS terms_lost,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
