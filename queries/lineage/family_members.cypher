// Members of a family
//
// /// query
// audience = "analyst"
// question = "Which models belong to the family of this model?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["family", "member"]
// misses = "Kinship through merges: a family is joined by every relation but MERGE_OF, as in the paper; a model without such an edge has none. The generation is the longest way up over all relations."
// references = ["question S7", "arXiv:2508.06811"]
//
// [params]
// model = { type = "STRING", default = "northwind-ai/Kestrel-7B", id_of = "Model", help = "Id of any member, or another name, in any letter case" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// family = "STRING"
// member = "STRING"
// generation = "INTEGER"
// status = "STRING"
// licenses = "LIST<STRING>"
// child_count = "INTEGER"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }

MATCH (model)-[:IN_FAMILY]->(family:Family)
MATCH (member:Model)-[:IN_FAMILY]->(family)
WITH DISTINCT family, member
ORDER BY member.descendant_count DESC, member.id
LIMIT $limit
RETURN
  family.id AS family,
  member.id AS member,
  member.generation_max AS generation,
  member.status AS status,
  COLLECT { MATCH (member)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  member.child_count AS child_count,
  member.descendant_count AS descendant_count,
  member.downloads AS downloads,
  member.created_at AS created_at
ORDER BY descendant_count DESC, member
