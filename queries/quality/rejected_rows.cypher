// Rows that no load took
//
// /// query
// audience = "auditor"
// question = "How many rows of each snapshot were rejected, and for which reason?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["snapshot", "reason"]
// misses = "The rows themselves: the load wrote them, with file and line, to the file that it named. A snapshot of which every row was taken is one row without a reason."
// references = ["question X12"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, newest snapshot first" }
//
// [columns]
// snapshot = "STRING"
// as_of = "ZONED DATETIME"
// status = "STRING"
// reason = "STRING"
// rejected = "INTEGER"
// share = "FLOAT"
// rows = "INTEGER"
// sources = "LIST<STRING>"
// ///
MATCH (snapshot:Snapshot)
// `properties(…)`, because Neo4j warns of a property that no node has, and most snapshots have no rejections.
UNWIND coalesce(properties(snapshot).rejections, [null]) AS rejection
WITH
  snapshot,
  coalesce(toInteger(split(rejection, ' ')[0]), 0) AS rejected,
  substring(rejection, size(split(rejection, ' ')[0]) + 1) AS reason
ORDER BY snapshot.as_of DESC, snapshot.id, rejected DESC, reason
LIMIT $limit
RETURN
  snapshot.id AS snapshot,
  snapshot.as_of AS as_of,
  snapshot.status AS status,
  reason,
  rejected,
  toFloat(rejected) / snapshot.rows AS share,
  snapshot.rows AS rows,
  snapshot.sources AS sources
ORDER BY as_of DESC, snapshot, rejected DESC, reason
