// Licences that name no text
//
// /// query
// audience = "auditor"
// question = "Which licences say only that they are other than the usual ones, which of those could be read, and which not?"
// statuses = ["listed", "internal"]
// key = ["license", "reading"]
// misses = "What a licence file in the repository says; licences of data sets. A name that two publishers use for two texts is one name here."
// next = "Read the text once and add it to studbook.toml as a licence of your own, so that it is known from then on."
// references = ["question L12"]
//
// [params]
// readings = { type = "LIST<STRING>", default = ["resolved", "unread", "unknown_name", "no_name"], choices = ["resolved", "unread", "unknown_name", "no_name"], help = "resolved: the name or link behind `other` leads to a text; unread: the name is known, the text was not read; unknown_name: in no table; no_name: `other` or `unknown` alone" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most models first" }
//
// [columns]
// license = "STRING"
// reading = "STRING"
// family = "STRING"
// models = "INTEGER"
// named = "INTEGER"
// linked = "INTEGER"
// parents = "INTEGER"
// downloads = "INTEGER"
// example = "STRING"
// example_link = "STRING"
// ///
MATCH (model:Model)-[declared:UNDER_LICENSE]->(license:License)
WHERE (coalesce(license.family, 'unknown') = 'unknown' OR toLower(trim(declared.declared_as)) = 'other')
  AND model.status IN ['listed', 'internal']
WITH
  license,
  model,
  CASE
    WHEN license.id IN ['other', 'unknown'] THEN 'no_name'
    WHEN license.family <> 'unknown' THEN 'resolved'
    WHEN license.known THEN 'unread'
    ELSE 'unknown_name'
  END AS reading
WHERE reading IN $readings
WITH
  license,
  reading,
  count(*) AS models,
  count(model.license_name) AS named,
  count(model.license_link) AS linked,
  count(CASE WHEN model.child_count > 0 THEN 1 END) AS parents,
  sum(coalesce(model.downloads, 0)) AS downloads,
  max(coalesce(model.downloads, 0)) AS most,
  collect(model) AS members
ORDER BY models DESC, license.id, reading
LIMIT $limit
WITH
  *,
  COLLECT {
    UNWIND members AS model
    WITH model
    WHERE coalesce(model.downloads, 0) = most
    RETURN model ORDER BY model.id LIMIT 1
  }[0] AS example
RETURN
  license.id AS license,
  reading,
  license.family AS family,
  models,
  named,
  linked,
  parents,
  downloads,
  example.id AS example,
  example.license_link AS example_link
ORDER BY models DESC, license, reading
