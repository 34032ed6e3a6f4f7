// Cards that a tool wrote under cards that people wrote
//
// /// query
// audience = "auditor"
// question = "Which models have a card as a tool leaves it although a direct parent has one written by hand?"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Tools that leave no sentence of data/card_templates.csv, and texts that people copy; a card that somebody completed and whose sentence nobody removed counts as the tool's. Parents of every status count."
// next = "Treat the card as unwritten: ask the publisher what data and evaluation the model has."
// references = ["question D2", "arXiv:2508.06811"]
//
// [params]
// templates = { type = "LIST<STRING>", default = [], help = "Tools, by their names in data/card_templates.csv; none: all of them" }
// min_parent_score = { type = "INTEGER", default = 1, range = [0, 100], help = "Lowest documentation score of the parent" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// card_template = "STRING"
// child_sections = "LIST<STRING>"
// parent_sections = "LIST<STRING>"
// child_score = "INTEGER"
// parent_score = "INTEGER"
// card_ratio = "FLOAT"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
MATCH (parent:Model)
WHERE parent.child_count > 0
  AND parent.card_length > 0
  AND parent.card_template IS NULL
  AND parent.documentation_score >= $min_parent_score
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WHERE type(edge) IN $relations
  AND child.card_template IS NOT NULL
  AND (size($templates) = 0 OR child.card_template IN $templates)
  AND child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
WITH edge, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  child.card_template AS card_template,
  child.card_sections AS child_sections,
  parent.card_sections AS parent_sections,
  child.documentation_score AS child_score,
  parent.documentation_score AS parent_score,
  edge.card_ratio AS card_ratio,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
