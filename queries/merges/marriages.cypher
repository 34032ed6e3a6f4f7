// Merges that join families
//
// /// query
// audience = "analyst"
// question = "Which merges join models of different families, and which families are those?"
// statuses = ["listed", "internal"]
// key = ["merge"]
// misses = "Parents that nobody declared. A family is joined by every relation but MERGE_OF and is named after its earliest root; families of one release in several sizes are several. A parent that is itself a merge with no other relative is a family of its own."
// references = ["question M2"]
//
// [params]
// min_families = { type = "INTEGER", default = 2, range = [2, 100], help = "Fewest families that the parents belong to" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// merge = "STRING"
// family_count = "INTEGER"
// families = "LIST<STRING>"
// parent_count = "INTEGER"
// licenses = "LIST<STRING>"
// status = "STRING"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
MATCH (merge:Model)-[:MERGE_OF]->(parent:Model)
WHERE parent <> merge
// A parent that has no relative but through merges is a family of its own.
OPTIONAL MATCH (parent)-[:IN_FAMILY]->(family:Family)
WITH merge, coalesce(family.id, parent.id) AS family, count(DISTINCT parent) AS parents
ORDER BY family
WITH merge, collect(family) AS families, sum(parents) AS parent_count
WHERE size(families) >= $min_families AND merge.status IN ['listed', 'internal']
WITH merge, families, parent_count
ORDER BY merge.descendant_count DESC, merge.id
LIMIT $limit
RETURN
  merge.id AS merge,
  size(families) AS family_count,
  families,
  parent_count,
  COLLECT { MATCH (merge)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  merge.status AS status,
  merge.descendant_count AS descendant_count,
  merge.downloads AS downloads,
  merge.created_at AS created_at
ORDER BY descendant_count DESC, merge
