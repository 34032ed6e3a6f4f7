// Depth of the lineage
//
// /// query
// audience = "analyst"
// question = "How many models stand how many steps away from a root?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["generation"]
// misses = "Models without any edge. A circle of models counts as one of them; a parent in no snapshot is a root, because nobody knows what it descends from."
// references = ["question S6"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return" }
//
// [columns]
// generation = "INTEGER"
// nearest_root = "INTEGER"
// farthest_root = "INTEGER"
// share_farthest = "FLOAT"
// ///
MATCH (model:Model)
WHERE model.component IS NOT NULL
WITH model.generation_min AS nearest, model.generation_max AS farthest, count(*) AS models
WITH collect({nearest: nearest, farthest: farthest, models: models}) AS groups, sum(models) AS total
UNWIND groups AS group
UNWIND
  [
    {generation: group.nearest, nearest_root: group.models, farthest_root: 0},
    {generation: group.farthest, nearest_root: 0, farthest_root: group.models}
  ] AS row
WITH total, row.generation AS generation, sum(row.nearest_root) AS nearest_root, sum(row.farthest_root) AS farthest_root
RETURN generation, nearest_root, farthest_root, toFloat(farthest_root) / total AS share_farthest
ORDER BY generation
LIMIT $limit
