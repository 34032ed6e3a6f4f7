// Models added and removed, snapshot by snapshot
//
// /// query
// audience = "analyst"
// question = "How many models did each snapshot add, remove, bring back and rename?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["snapshot"]
// misses = "A partial snapshot removes nothing. Models of the first snapshot are not told as added. Changes between two snapshots that were undone before the second, and everything before the first snapshot."
// references = ["question H1"]
//
// [params]
// since = { type = "STRING", default = "1970-01-01T00:00:00Z", help = "Only what a snapshot after this moment showed first" }
// until = { type = "STRING", default = "9999-12-31T00:00:00Z", help = "Only what a snapshot up to this moment showed first" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, newest first" }
//
// [columns]
// snapshot = "STRING"
// as_of = "ZONED DATETIME"
// scope = "STRING"
// models = "INTEGER"
// added = "INTEGER"
// removed = "INTEGER"
// returned = "INTEGER"
// renamed = "INTEGER"
// changes = "INTEGER"
// ///
MATCH (snapshot:Snapshot {status: 'complete'})
WHERE snapshot.as_of > datetime($since) AND snapshot.as_of <= datetime($until)
WITH
  snapshot,
  EXISTS { MATCH (earlier:Snapshot {status: 'complete'}) WHERE earlier.as_of < snapshot.as_of } AS is_later,
  COLLECT {
    MATCH (change:Change {snapshot: snapshot.id})
    WHERE change.field IN ['status', 'id']
    RETURN CASE WHEN change.field = 'id' THEN 'renamed' ELSE change.after[0] END
  } AS told
ORDER BY snapshot.as_of DESC, snapshot.id
LIMIT $limit
RETURN
  snapshot.id AS snapshot,
  snapshot.as_of AS as_of,
  snapshot.scope AS scope,
  snapshot.models AS models,
  CASE
    WHEN is_later
      THEN COUNT { (model:Model) WHERE model.first_seen = snapshot.as_of AND model.status IN ['listed', 'removed'] }
  END AS added,
  size([what IN told WHERE what = 'removed']) AS removed,
  size([what IN told WHERE what = 'listed']) AS returned,
  size([what IN told WHERE what = 'renamed']) AS renamed,
  snapshot.changes AS changes
ORDER BY as_of DESC, snapshot
