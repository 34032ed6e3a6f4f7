// Models without relatives, counted
//
// /// query
// audience = "analyst"
// question = "Who publishes the models without parents and children, or under which licences, for which tasks, in which languages, with which libraries do they come?"
// statuses = ["listed", "internal"]
// key = ["value"]
// misses = "Models that declare nothing of the kind; one that declares several licences or languages counts once for each. As for lineage/orphans, none declared does not mean none: of how many a parent is suspected or named without being a model id is told in suspected."
// references = ["question S11"]
//
// [params]
// kind = { type = "STRING", default = "license", choices = ["license", "task", "language", "library", "author"], help = "What to count by" }
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, most models first" }
//
// [columns]
// value = "STRING"
// orphans = "INTEGER"
// suspected = "INTEGER"
// downloads = "INTEGER"
// ///
CALL () {
  WITH $kind AS kind
  WHERE kind = 'author'
  MATCH (model:Model)
  WHERE model.component IS NULL
  RETURN model.author AS value, model
  UNION ALL
  WITH $kind AS kind
  WHERE kind = 'license'
  MATCH (model:Model)-[:UNDER_LICENSE]->(value:License)
  WHERE model.component IS NULL
  RETURN value.id AS value, model
  UNION ALL
  WITH $kind AS kind
  WHERE kind = 'task'
  MATCH (model:Model)-[:HAS_TASK]->(value:Task)
  WHERE model.component IS NULL
  RETURN value.id AS value, model
  UNION ALL
  WITH $kind AS kind
  WHERE kind = 'language'
  MATCH (model:Model)-[:IN_LANGUAGE]->(value:Language)
  WHERE model.component IS NULL
  RETURN value.id AS value, model
  UNION ALL
  WITH $kind AS kind
  WHERE kind = 'library'
  MATCH (model:Model)-[:USES_LIBRARY]->(value:Library)
  WHERE model.component IS NULL
  RETURN value.id AS value, model
}
WITH value, model
WHERE model.status IN ['listed', 'internal']
RETURN
  value,
  count(*) AS orphans,
  count(CASE WHEN model.parent_hints IS NOT NULL OR model.unresolved_parents IS NOT NULL THEN 1 END) AS suspected,
  sum(model.downloads) AS downloads
ORDER BY orphans DESC, value
LIMIT $limit
