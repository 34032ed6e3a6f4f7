// One model under several names
//
// /// query
// audience = "auditor"
// question = "Which models are in the graph twice under names that differ in letter case alone, and which are named as parents under another name than their own?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "other_name"]
// misses = "Renames that no table of aliases has, and copies under another name (copies/built_on_reuploads). Twins of which both ids on the Hub are known are two repositories, not one: same_hub_id is then false, and null where one is not known."
// next = "Take the spelling that the Hub shows now; where two repositories differ in letter case alone, look which one you use."
// references = ["question X4"]
//
// [params]
// causes = { type = "LIST<STRING>", default = ["twin", "alias", "spelling"], choices = ["twin", "alias", "spelling"], help = "twin: two models whose ids differ in letter case alone; alias: children use a name that moved; spelling: children use other letters, or a slash too many" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most children under the other name first" }
//
// [columns]
// model = "STRING"
// other_name = "STRING"
// cause = "STRING"
// children = "INTEGER"
// status = "STRING"
// other_status = "STRING"
// same_hub_id = "BOOLEAN"
// child_count = "INTEGER"
// ///
CALL () {
  MATCH (model:Model)
  WHERE model.id_lower > '' AND 'twin' IN $causes
  WITH model.id_lower AS name, count(*) AS bearers
  WHERE bearers > 1
  MATCH (bearer:Model {id_lower: name})
  WITH name, collect(bearer) AS twins
  UNWIND twins AS model
  UNWIND twins AS twin
  WITH model, twin
  WHERE model.id < twin.id
  RETURN model, twin.id AS other_name, 'twin' AS cause, twin.child_count AS children, twin
  UNION ALL
  MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(model:Model)
  WHERE edge.declared_as IS NOT NULL
  WITH model, edge.declared_as AS other_name, count(DISTINCT child) AS children
  RETURN
    model,
    other_name,
    CASE WHEN EXISTS { (:Alias {id_lower: toLower(other_name)}) } THEN 'alias' ELSE 'spelling' END AS cause,
    children,
    null AS twin
}
WITH model, other_name, cause, children, twin
WHERE cause IN $causes
ORDER BY children DESC, model.id, other_name
LIMIT $limit
RETURN
  model.id AS model,
  other_name,
  cause,
  children,
  model.status AS status,
  twin.status AS other_status,
  model.hub_id = twin.hub_id AS same_hub_id,
  model.child_count AS child_count
ORDER BY children DESC, model, other_name
