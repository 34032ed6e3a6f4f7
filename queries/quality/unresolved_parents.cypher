// Parents that are no model ids
//
// /// query
// audience = "auditor"
// question = "Which models give a path, an address or a bare name as their parent?"
// statuses = ["listed", "removed", "internal"]
// key = ["model"]
// next = "Ask the publisher for the parent's id, or assert the parent as a curation in studbook.toml."
// references = ["question X9"]
//
// [params]
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// unresolved_parents = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (model:Model)
WHERE model.unresolved_parents IS NOT NULL
WITH model
ORDER BY model.descendant_count DESC, model.id
LIMIT $limit
RETURN
  model.id AS model,
  model.unresolved_parents AS unresolved_parents,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, model
