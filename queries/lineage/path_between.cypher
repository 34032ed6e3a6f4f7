// Line of descent between two models
//
// /// query
// audience = "analyst"
// question = "By which steps does one of these two models descend from the other, and what happens to the licence on the way?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["step"]
// misses = "Kinship through a common ancestor: one must descend from the other. Where several paths are shortest, one of them is shown; lineage/longest_path_between shows a longest."
// references = ["question S4"]
//
// [params]
// model = { type = "STRING", default = "brightmoor/Kestrel-Storyteller-7B", id_of = "Model", help = "Id of one model, or another name, in any letter case" }
// relative = { type = "STRING", default = "northwind-ai/Kestrel-7B", id_of = "Model", help = "Id of the other, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
//
// [columns]
// step = "INTEGER"
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// license_change = "STRING"
// child_licenses = "LIST<STRING>"
// parent_licenses = "LIST<STRING>"
// days_after_parent = "INTEGER"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
OPTIONAL MATCH (:Alias {id_lower: toLower($relative)})<-[:ALSO_KNOWN_AS]-(moved:Model)
MATCH (relative:Model {id_lower: coalesce(moved.id_lower, toLower($relative))})
WHERE relative <> model AND (relative.id = $relative OR NOT EXISTS { (:Model {id: $relative}) })
UNWIND [{child: model, parent: relative}, {child: relative, parent: model}] AS line
WITH line.child AS descendant, line.parent AS ancestor
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (descendant)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
WITH path
ORDER BY length(path), head(nodes(path)).id
LIMIT 1
UNWIND range(1, length(path)) AS step
WITH step, relationships(path)[step - 1] AS edge
WITH step, edge, startNode(edge) AS child, endNode(edge) AS parent
RETURN
  step,
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.license_change AS license_change,
  COLLECT { MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS child_licenses,
  COLLECT { MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS parent_licenses,
  edge.days_after_parent AS days_after_parent
ORDER BY step
