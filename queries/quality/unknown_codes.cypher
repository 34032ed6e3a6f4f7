// Codes that no table knows
//
// /// query
// audience = "auditor"
// question = "Which licences and languages that models declare are in none of our tables, and how many models declare each?"
// statuses = ["listed", "internal"]
// key = ["kind", "code"]
// misses = "Licences whose name is known and whose text nobody read (quality/opaque_licenses); codes that exist and are meant otherwise, such as two-letter tags that read like a language."
// next = "Add the licence to studbook.toml, or ask the publishers for the usual code, so that it can be compared."
// references = ["question X8"]
//
// [params]
// kinds = { type = "LIST<STRING>", default = ["license", "language"], choices = ["license", "language", "task", "library"], help = "Kinds of codes to look at" }
// min_models = { type = "INTEGER", default = 1, range = [1, 1000000000], help = "Fewest models that declare it" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most models first" }
//
// [columns]
// kind = "STRING"
// code = "STRING"
// models = "INTEGER"
// parents = "INTEGER"
// publishers = "INTEGER"
// spellings = "LIST<STRING>"
// downloads = "INTEGER"
// example = "STRING"
// ///
CALL () {
  MATCH (value:License)
  WHERE 'license' IN $kinds AND NOT value.known
  RETURN 'license' AS kind, value
  UNION ALL
  MATCH (value:Language)
  WHERE 'language' IN $kinds AND NOT value.known
  RETURN 'language' AS kind, value
  UNION ALL
  MATCH (value:Task)
  WHERE 'task' IN $kinds AND NOT value.known
  RETURN 'task' AS kind, value
  UNION ALL
  MATCH (value:Library)
  WHERE 'library' IN $kinds AND NOT value.known
  RETURN 'library' AS kind, value
}
MATCH (model:Model)-[declared:UNDER_LICENSE|IN_LANGUAGE|HAS_TASK|USES_LIBRARY]->(value)
WHERE model.status IN ['listed', 'internal']
WITH kind, value, model, declared
ORDER BY coalesce(model.downloads, 0) DESC, model.id
WITH
  kind,
  value.id AS code,
  count(*) AS models,
  count(CASE WHEN model.child_count > 0 THEN 1 END) AS parents,
  count(DISTINCT model.author) AS publishers,
  collect(DISTINCT declared.declared_as) AS spellings,
  sum(coalesce(model.downloads, 0)) AS downloads,
  collect(model)[0] AS example
WHERE models >= $min_models
RETURN
  kind,
  code,
  models,
  parents,
  publishers,
  COLLECT { UNWIND spellings AS spelling RETURN spelling ORDER BY spelling } AS spellings,
  downloads,
  example.id AS example
ORDER BY models DESC, kind, code
LIMIT $limit
