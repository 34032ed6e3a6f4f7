// Models far from their roots
//
// /// query
// audience = "analyst"
// question = "Which models are the most steps away from a root, on the shortest and on the longest way?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model"]
// misses = "Generations above a parent in no snapshot. A circle of models counts as one of them."
// references = ["question S6"]
//
// [params]
// min_generation = { type = "INTEGER", default = 1, help = "Fewest steps on the longest way up" }
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, deepest first" }
//
// [columns]
// model = "STRING"
// generation_min = "INTEGER"
// generation_max = "INTEGER"
// root_count = "INTEGER"
// status = "STRING"
// licenses = "LIST<STRING>"
// child_count = "INTEGER"
// downloads = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
MATCH (model:Model)
WHERE model.generation_max >= $min_generation
WITH model
ORDER BY model.generation_max DESC, model.generation_min DESC, model.id
LIMIT $limit
RETURN
  model.id AS model,
  model.generation_min AS generation_min,
  model.generation_max AS generation_max,
  model.root_count AS root_count,
  model.status AS status,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  model.child_count AS child_count,
  model.downloads AS downloads,
  model.created_at AS created_at
ORDER BY generation_max DESC, generation_min DESC, model
