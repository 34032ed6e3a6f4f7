// Models by number of children and of parents
//
// /// query
// audience = "analyst"
// question = "How many models have how many direct children, and how many have how many direct parents?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["direction", "degree"]
// misses = "Models without parents have no row: of one in no snapshot nobody knows whether it has any. A model that is its own parent does not count for itself, several relations between two models count once."
// references = ["question E5"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return" }
//
// [columns]
// direction = "STRING"
// degree = "INTEGER"
// models = "INTEGER"
// share = "FLOAT"
// ///
CALL () {
  MATCH (model:Model)
  WHERE model.child_count IS NOT NULL
  RETURN 'children' AS direction, model.child_count AS degree, count(*) AS models
  UNION ALL
  MATCH (model:Model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
  WHERE parent <> model
  WITH model, count(DISTINCT parent) AS degree
  RETURN 'parents' AS direction, degree, count(*) AS models
}
WITH direction, collect({degree: degree, models: models}) AS rows, sum(models) AS total
UNWIND rows AS row
RETURN direction, row.degree AS degree, row.models AS models, toFloat(row.models) / total AS share
ORDER BY direction, degree
LIMIT $limit
