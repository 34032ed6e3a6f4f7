// Models with the most children
//
// /// query
// audience = "analyst"
// question = "Which models do most others derive from directly, and how many descend from them in all?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model"]
// references = ["question S8"]
//
// [params]
// limit = { type = "INTEGER", default = 20, help = "Most rows to return, most children first" }
//
// [columns]
// model = "STRING"
// child_count = "INTEGER"
// descendant_count = "INTEGER"
// status = "STRING"
// licenses = "LIST<STRING>"
// downloads = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
MATCH (model:Model)
WHERE model.child_count > 0
WITH model
ORDER BY model.child_count DESC, model.id
LIMIT $limit
RETURN
  model.id AS model,
  model.child_count AS child_count,
  model.descendant_count AS descendant_count,
  model.status AS status,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  model.downloads AS downloads,
  model.created_at AS created_at
ORDER BY child_count DESC, model
