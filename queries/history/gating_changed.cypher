// Gates opened and closed
//
// /// query
// audience = "auditor"
// question = "Which models began or ceased to be given out on request only?"
// statuses = ["listed", "removed"]
// key = ["change"]
// misses = "Changes between two snapshots that were undone before the second, and everything before the first snapshot."
// next = "See whether what descends from it is still given to anybody: risk/gate_lost."
// references = ["question H5"]
//
// [params]
// since = { type = "STRING", default = "1970-01-01T00:00:00Z", help = "Only what a snapshot after this moment showed first" }
// until = { type = "STRING", default = "9999-12-31T00:00:00Z", help = "Only what a snapshot up to this moment showed first" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, newest first, then most descendants" }
//
// [columns]
// change = "STRING"
// model = "STRING"
// before = "STRING"
// after = "STRING"
// as_of = "ZONED DATETIME"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (change:Change {field: 'gated'})-[:OF]->(model:Model)
WHERE change.as_of > datetime($since) AND change.as_of <= datetime($until)
  AND coalesce(model.downloads, 0) >= $min_downloads
RETURN
  change.id AS change,
  model.id AS model,
  change.before[0] AS before,
  change.after[0] AS after,
  change.as_of AS as_of,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY as_of DESC, descendant_count DESC, model, change
LIMIT $limit
