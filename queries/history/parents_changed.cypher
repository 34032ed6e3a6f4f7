// Parents that changed
//
// /// query
// audience = "auditor"
// question = "Which models named other parents, or another relation to them, than before?"
// statuses = ["listed", "removed", "internal"]
// key = ["change"]
// misses = "Changes between two snapshots that were undone before the second, and everything before the first snapshot."
// next = "Look at the commit that changed the card: a correction, or another model under the old name?"
// references = ["question H3"]
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
// gone = "LIST<STRING>"
// new = "LIST<STRING>"
// as_of = "ZONED DATETIME"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (change:Change {field: 'parents'})-[:OF]->(model:Model)
WHERE change.as_of > datetime($since) AND change.as_of <= datetime($until)
  AND coalesce(model.downloads, 0) >= $min_downloads
RETURN
  change.id AS change,
  model.id AS model,
  [parent IN coalesce(change.before, []) WHERE NOT parent IN coalesce(change.after, [])] AS gone,
  [parent IN coalesce(change.after, []) WHERE NOT parent IN coalesce(change.before, [])] AS new,
  change.as_of AS as_of,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY as_of DESC, descendant_count DESC, model, change
LIMIT $limit
