// What models declare, counted
//
// /// query
// audience = "analyst"
// question = "How many models declare each licence, task, language or library?"
// statuses = ["listed", "internal"]
// key = ["value"]
// misses = "Models that declare nothing of the kind. One that declares several licences or languages counts once for each, and the shares are of all that is declared, so that they add up to 1."
// references = ["question E1"]
//
// [params]
// kind = { type = "STRING", default = "license", choices = ["license", "task", "language", "library"], help = "What to count by" }
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, most models first" }
//
// [columns]
// value = "STRING"
// models = "INTEGER"
// share = "FLOAT"
// downloads = "INTEGER"
// ///
CALL () {
  WITH $kind AS kind
  WHERE kind = 'license'
  MATCH (model:Model)-[:UNDER_LICENSE]->(value:License)
  RETURN value.id AS value, model
  UNION ALL
  WITH $kind AS kind
  WHERE kind = 'task'
  MATCH (model:Model)-[:HAS_TASK]->(value:Task)
  RETURN value.id AS value, model
  UNION ALL
  WITH $kind AS kind
  WHERE kind = 'language'
  MATCH (model:Model)-[:IN_LANGUAGE]->(value:Language)
  RETURN value.id AS value, model
  UNION ALL
  WITH $kind AS kind
  WHERE kind = 'library'
  MATCH (model:Model)-[:USES_LIBRARY]->(value:Library)
  RETURN value.id AS value, model
}
WITH value, model
WHERE model.status IN ['listed', 'internal']
WITH value, count(*) AS models, sum(model.downloads) AS downloads
WITH collect({value: value, models: models, downloads: downloads}) AS rows, sum(models) AS total
UNWIND rows AS row
RETURN
  row.value AS value,
  row.models AS models,
  toFloat(row.models) / total AS share,
  row.downloads AS downloads
ORDER BY models DESC, value
LIMIT $limit
