// Models under several licences
//
// /// query
// audience = "auditor"
// question = "Which models declare several licences, in one place or differently in two, and about which terms do these disagree?"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "A licence file, which no snapshot has; a license_name beside a licence other than `other`; licences of data sets."
// next = "Ask the publisher which licence holds; until then go by what all of them ask together."
// references = ["question L13"]
//
// [params]
// disputed_only = { type = "BOOLEAN", default = false, help = "Only models whose licences ask different things, or of which one is unknown" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// in_card = "LIST<STRING>"
// in_tag_only = "LIST<STRING>"
// families = "LIST<STRING>"
// disputed_terms = "LIST<STRING>"
// unknown = "LIST<STRING>"
// child_count = "INTEGER"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (model:Model)-[:UNDER_LICENSE]->(:License)
WITH model, count(*) AS licenses
WHERE licenses > 1
  AND model.status IN ['listed', 'internal']
  AND coalesce(model.downloads, 0) >= $min_downloads
MATCH (model)-[declared:UNDER_LICENSE]->(license:License)
WITH model, declared, license
ORDER BY license.id
WITH
  model,
  collect(license) AS licenses,
  collect(CASE declared.evidence WHEN 'card' THEN license.id END) AS in_card,
  collect(CASE declared.evidence WHEN 'tag' THEN license.id END) AS in_tag_only
WITH
  model,
  in_card,
  in_tag_only,
  COLLECT {
    UNWIND licenses AS license
    WITH license
    WHERE license.family IS NOT NULL
    RETURN DISTINCT license.family ORDER BY license.family
  } AS families,
  COLLECT {
    UNWIND licenses AS license
    UNWIND license.terms AS term
    WITH DISTINCT term
    WHERE any(license IN licenses WHERE license.terms IS NOT NULL AND NOT term IN license.terms)
    RETURN term ORDER BY term
  } AS disputed_terms,
  [license IN licenses WHERE license.terms IS NULL | license.id] AS unknown
WHERE NOT $disputed_only OR size(disputed_terms) > 0 OR size(unknown) > 0
RETURN
  model.id AS model,
  in_card,
  in_tag_only,
  families,
  disputed_terms,
  unknown,
  model.child_count AS child_count,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, model
LIMIT $limit
