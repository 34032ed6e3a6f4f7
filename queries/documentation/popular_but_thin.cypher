// Models that many use and few words describe
//
// /// query
// audience = "auditor"
// question = "Which models are downloaded often although their cards say little?"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "Models whose card nobody looked for; documentation elsewhere, which a card may lead to. The score counts sections and metadata, not what they are worth (data/documentation.csv)."
// next = "Ask the publisher for what is missing before more builds on the model; until then go by the nearest documented ancestor."
// references = ["question D4"]
//
// [params]
// max_score = { type = "INTEGER", default = 25, range = [0, 100], help = "Highest documentation score" }
// min_downloads = { type = "INTEGER", default = 1000, help = "Fewest downloads in 30 days" }
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, most downloads first" }
//
// [columns]
// model = "STRING"
// documentation_score = "INTEGER"
// card_length = "INTEGER"
// card_template = "STRING"
// card_sections = "LIST<STRING>"
// licenses = "LIST<STRING>"
// child_count = "INTEGER"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (model:Model)
WHERE model.documentation_score <= $max_score
  AND model.downloads >= $min_downloads
  AND model.status IN ['listed', 'internal']
WITH model
ORDER BY model.downloads DESC, model.id
LIMIT $limit
RETURN
  model.id AS model,
  model.documentation_score AS documentation_score,
  model.card_length AS card_length,
  model.card_template AS card_template,
  model.card_sections AS card_sections,
  COLLECT {
    MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS licenses,
  model.child_count AS child_count,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY downloads DESC, model
