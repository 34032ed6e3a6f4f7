// Largest families
//
// /// query
// audience = "analyst"
// question = "Which families of models are the largest, and how deep are they?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["family"]
// misses = "Kinship through merges: a family is joined by every relation but MERGE_OF, as in the paper."
// references = ["question S7", "arXiv:2508.06811"]
//
// [params]
// limit = { type = "INTEGER", default = 20, help = "Most rows to return, largest first" }
//
// [columns]
// family = "STRING"
// model_count = "INTEGER"
// root_count = "INTEGER"
// generations = "INTEGER"
// root_status = "STRING"
// root_licenses = "LIST<STRING>"
// ///
MATCH (family:Family)
WITH family
ORDER BY family.model_count DESC, family.id
LIMIT $limit
MATCH (root:Model {id: family.id})
RETURN
  family.id AS family,
  family.model_count AS model_count,
  family.root_count AS root_count,
  family.generations AS generations,
  root.status AS root_status,
  COLLECT { MATCH (root)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS root_licenses
ORDER BY model_count DESC, family
