// Licences that changed
//
// /// query
// audience = "auditor"
// question = "Which models changed their licence, when, and how many models descend from them?"
// statuses = ["listed", "removed"]
// key = ["change"]
// misses = "Changes between two snapshots that were undone before the second, and everything before the first snapshot. What a licence asks is not compared: license check says it."
// next = "Compare what both licences ask with `studbook license check`; a child made before is judged by the licence of its time."
// references = ["question H2"]
//
// [params]
// since = { type = "STRING", default = "1970-01-01T00:00:00Z", help = "Only what a snapshot after this moment showed first" }
// until = { type = "STRING", default = "9999-12-31T00:00:00Z", help = "Only what a snapshot up to this moment showed first" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// change = "STRING"
// model = "STRING"
// before = "LIST<STRING>"
// after = "LIST<STRING>"
// as_of = "ZONED DATETIME"
// previous_as_of = "ZONED DATETIME"
// child_count = "INTEGER"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (change:Change {field: 'license'})-[:OF]->(model:Model)
WHERE change.as_of > datetime($since) AND change.as_of <= datetime($until)
  AND coalesce(model.downloads, 0) >= $min_downloads
RETURN
  change.id AS change,
  model.id AS model,
  change.before AS before,
  change.after AS after,
  change.as_of AS as_of,
  change.previous_as_of AS previous_as_of,
  model.child_count AS child_count,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, as_of DESC, model, change
LIMIT $limit
