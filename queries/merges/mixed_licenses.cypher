// Merges of models under different kinds of licence
//
// /// query
// audience = "auditor"
// question = "Which merges have parents under licences of different families, which parents are those, and which state none?"
// statuses = ["listed", "internal"]
// key = ["merge"]
// misses = "Parents that nobody declared; what was asked further up; licences of data sets. Parents of every status count; those of no known family, or of several, are in other_parents."
// next = "Check the merge's label against every parent with `studbook license options`; where no label satisfies all, leave the merge out."
// references = ["question M3"]
//
// [params]
// families = { type = "LIST<STRING>", default = ["permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "use_restricted", "vendor_community", "no_derivatives"], choices = ["permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "use_restricted", "vendor_community", "no_derivatives"], help = "Families of licences to tell apart" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// merge = "STRING"
// parent_count = "INTEGER"
// families = "LIST<STRING>"
// licenses = "LIST<STRING>"
// parent_licenses = "LIST<STRING>"
// binding_parents = "LIST<STRING>"
// silent_parents = "LIST<STRING>"
// other_parents = "LIST<STRING>"
// license_verdict = "STRING"
// license_reasons = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (merge:Model)-[edge:MERGE_OF]->(parent:Model)
WHERE parent <> merge
WITH merge, collect(DISTINCT CASE WHEN parent.license_family IN $families THEN parent.license_family END) AS found
WHERE size(found) > 1
  AND merge.status IN ['listed', 'internal']
  AND coalesce(merge.downloads, 0) >= $min_downloads
WITH merge
ORDER BY merge.descendant_count DESC, merge.id
LIMIT $limit
MATCH (merge)-[edge:MERGE_OF]->(parent:Model)
WHERE parent <> merge
WITH merge, edge, parent
ORDER BY parent.id
WITH
  merge,
  count(parent) AS parent_count,
  collect(parent) AS parents,
  collect(edge) AS edges,
  collect(CASE WHEN edge.license_verdict IN ['conflict', 'review'] THEN parent.id END) AS binding_parents
RETURN
  merge.id AS merge,
  parent_count,
  COLLECT {
    UNWIND parents AS parent
    WITH parent
    WHERE parent.license_family IN $families
    RETURN DISTINCT parent.license_family ORDER BY parent.license_family
  } AS families,
  COLLECT {
    MATCH (merge)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS licenses,
  COLLECT {
    UNWIND parents AS parent
    MATCH (parent)-[:UNDER_LICENSE]->(license:License)
    RETURN DISTINCT license.id ORDER BY license.id
  } AS parent_licenses,
  binding_parents,
  [
    parent IN parents
    WHERE parent.status <> 'missing' AND NOT EXISTS { (parent)-[:UNDER_LICENSE]->(:License) } | parent.id
  ] AS silent_parents,
  [
    parent IN parents
    WHERE parent.license_family IS NULL
      AND (parent.status = 'missing' OR EXISTS { (parent)-[:UNDER_LICENSE]->(:License) }) | parent.id
  ] AS other_parents,
  [
    level IN ['conflict', 'review', 'undecidable', 'ok']
    WHERE any(edge IN edges WHERE edge.license_verdict = level)
  ][0] AS license_verdict,
  COLLECT {
    UNWIND edges AS edge
    UNWIND edge.license_reasons AS reason
    RETURN DISTINCT reason ORDER BY reason
  } AS license_reasons,
  merge.descendant_count AS descendant_count,
  merge.downloads AS downloads
ORDER BY descendant_count DESC, merge
