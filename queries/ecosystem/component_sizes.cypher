// Sizes of families, with and without merges
//
// /// query
// audience = "analyst"
// question = "How many families of each size are there, and how many when merges join them?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["models"]
// misses = "Models without any edge. A family is joined by every relation but MERGE_OF, a component by MERGE_OF too; a model whose only parent is itself is a component of one."
// references = ["question E8", "arXiv:2508.06811"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, largest first" }
//
// [columns]
// models = "INTEGER"
// families = "INTEGER"
// components = "INTEGER"
// ///
CALL () {
  MATCH (family:Family)
  RETURN family.model_count AS models, count(*) AS families, 0 AS components
  UNION ALL
  MATCH (model:Model)
  WHERE model.component IS NOT NULL
  WITH model.component AS component, count(*) AS models
  RETURN models, 0 AS families, count(*) AS components
}
RETURN models, sum(families) AS families, sum(components) AS components
ORDER BY models DESC
LIMIT $limit
