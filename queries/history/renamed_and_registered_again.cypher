// Names that changed hands
//
// /// query
// audience = "auditor"
// question = "Which models go by another name than before, and which names lead to another repository?"
// statuses = ["listed", "removed"]
// key = ["change"]
// misses = "Sources without the Hub's _id, by which both are told. Changes between two snapshots that were undone before the second, and everything before the first snapshot."
// next = "Pin a revision where the name is used: whoever registers a freed name decides what it loads."
// references = ["question H4"]
//
// [params]
// since = { type = "STRING", default = "1970-01-01T00:00:00Z", help = "Only what a snapshot after this moment showed first" }
// until = { type = "STRING", default = "9999-12-31T00:00:00Z", help = "Only what a snapshot up to this moment showed first" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// change = "STRING"
// what = "STRING"
// model = "STRING"
// before = "LIST<STRING>"
// after = "LIST<STRING>"
// as_of = "ZONED DATETIME"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (change:Change)-[:OF]->(model:Model)
WHERE change.field IN ['id', 'hub_id'] AND change.as_of > datetime($since) AND change.as_of <= datetime($until)
RETURN
  change.id AS change,
  CASE change.field WHEN 'id' THEN 'renamed' ELSE 'registered_again' END AS what,
  model.id AS model,
  change.before AS before,
  change.after AS after,
  change.as_of AS as_of,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, as_of DESC, model, change
LIMIT $limit
