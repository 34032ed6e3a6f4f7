// Models without relatives
//
// /// query
// audience = "analyst"
// question = "Which models have neither parents nor children, and which of them name or suggest a parent all the same?"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "That nobody declares a relative does not mean that there is none: parent_hints says what in its name, tags or files suggests a parent, unresolved_parents what it names that is no model id."
// references = ["question S11"]
//
// [params]
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, most downloaded first" }
//
// [columns]
// model = "STRING"
// author = "STRING"
// licenses = "LIST<STRING>"
// task = "STRING"
// unresolved_parents = "LIST<STRING>"
// parent_hints = "LIST<STRING>"
// downloads = "INTEGER"
// likes = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
MATCH (model:Model)
WHERE model.component IS NULL
  AND model.status IN ['listed', 'internal']
  AND coalesce(model.downloads, 0) >= $min_downloads
WITH model
ORDER BY coalesce(model.downloads, 0) DESC, model.id
LIMIT $limit
OPTIONAL MATCH (model)-[:HAS_TASK]->(task:Task)
RETURN
  model.id AS model,
  model.author AS author,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  task.id AS task,
  model.unresolved_parents AS unresolved_parents,
  model.parent_hints AS parent_hints,
  model.downloads AS downloads,
  model.likes AS likes,
  model.created_at AS created_at
ORDER BY coalesce(downloads, 0) DESC, model
