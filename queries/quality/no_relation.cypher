// Parents without a relation
//
// /// query
// audience = "auditor"
// question = "Which models name a parent without saying what was done with it?"
// statuses = ["listed", "internal"]
// key = ["child", "parent"]
// misses = "Relations that the Hub inferred and that nobody wrote: no snapshot tells them from declared ones. Parents of every status count."
// references = ["question X6"]
//
// [params]
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// parent = "STRING"
// parent_status = "STRING"
// child_formats = "LIST<STRING>"
// library = "STRING"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
MATCH (child:Model)-[edge:BASED_ON]->(parent:Model)
WHERE child.status IN ['listed', 'internal'] AND coalesce(child.downloads, 0) >= $min_downloads
WITH child, edge, parent
ORDER BY child.descendant_count DESC, child.id, parent.id
LIMIT $limit
RETURN
  child.id AS child,
  parent.id AS parent,
  parent.status AS parent_status,
  child.formats AS child_formats,
  COLLECT { MATCH (child)-[:USES_LIBRARY]->(library:Library) RETURN library.id }[0] AS library,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, parent
