// Depth of a family
//
// /// query
// audience = "analyst"
// question = "How many members of the family of this model stand how many steps away from a root?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["family", "generation"]
// misses = "A family is joined by every relation but MERGE_OF, yet steps are counted over all of them: a merge among its members is as deep as its parents make it. A circle of models counts as one of them."
// references = ["question S6"]
//
// [params]
// model = { type = "STRING", default = "northwind-ai/Kestrel-7B", id_of = "Model", help = "Id of any member, or another name, in any letter case" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return" }
//
// [columns]
// family = "STRING"
// generation = "INTEGER"
// nearest_root = "INTEGER"
// farthest_root = "INTEGER"
// share_farthest = "FLOAT"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }

MATCH (model)-[:IN_FAMILY]->(family:Family)
MATCH (member:Model)-[:IN_FAMILY]->(family)
WITH family, member.generation_min AS nearest, member.generation_max AS farthest, count(DISTINCT member) AS models
UNWIND
  [
    {generation: nearest, nearest_root: models, farthest_root: 0},
    {generation: farthest, nearest_root: 0, farthest_root: models}
  ] AS row
WITH
  family,
  row.generation AS generation,
  sum(row.nearest_root) AS nearest_root,
  sum(row.farthest_root) AS farthest_root
RETURN
  family.id AS family,
  generation,
  nearest_root,
  farthest_root,
  toFloat(farthest_root) / family.model_count AS share_farthest
ORDER BY family, generation
LIMIT $limit
