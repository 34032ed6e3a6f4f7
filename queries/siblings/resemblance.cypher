// How much siblings and parents resemble each other
//
// /// query
// audience = "analyst"
// question = "In the largest families, how often do two siblings declare the same licences, task, languages or library, and how often a child and its parent?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["family", "trait"]
// misses = "Degrees: two declare the same or not, where the paper takes the cosine of whole metadata. Who declares nothing of a trait counts in none of its pairs. Siblings under two parents count for each, merges only when asked for, as they belong to no family. Large broods weigh by their number of pairs."
// references = ["question B3", "arXiv:2508.06811"]
//
// [params]
// traits = { type = "LIST<STRING>", default = ["license", "task", "language", "library"], choices = ["license", "task", "language", "library"], help = "Traits to compare" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations of children to their parents" }
// limit = { type = "INTEGER", default = 20, help = "Most families to look at, largest first" }
//
// [columns]
// family = "STRING"
// trait = "STRING"
// model_count = "INTEGER"
// edges = "INTEGER"
// same_as_parent = "FLOAT"
// sibling_pairs = "INTEGER"
// same_as_sibling = "FLOAT"
// difference = "FLOAT"
// ///
MATCH (family:Family)
WITH family
ORDER BY family.model_count DESC, family.id
LIMIT $limit
MATCH (family)<-[:IN_FAMILY]-(parent:Model)
WHERE parent.child_count > 0
CALL (parent) {
  MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
  WHERE type(edge) IN $relations AND child <> parent AND child.profile IS NOT NULL
  WITH DISTINCT child
  // Children of one profile declare the same: one of them speaks for all.
  WITH child.profile AS profile, count(*) AS models, collect(child)[0] AS child
  MATCH (child)-[declares:UNDER_LICENSE|HAS_TASK|IN_LANGUAGE|USES_LIBRARY]->(value)
  WITH child, models, type(declares) AS declares, value
  ORDER BY value.id
  WITH child, models, declares, collect(value.id) AS values
  RETURN declares, values, sum(models) AS models
}
WITH
  family,
  parent,
  declares,
  sum(models) AS brood,
  sum(models * (models - 1) / 2) AS alike,
  collect({values: values, models: models}) AS groups
WITH
  family,
  declares,
  brood,
  alike,
  groups,
  COLLECT {
    MATCH (parent)-[own:UNDER_LICENSE|HAS_TASK|IN_LANGUAGE|USES_LIBRARY]->(value)
    WHERE type(own) = declares
    RETURN value.id ORDER BY value.id
  } AS parent_values
WITH
  family,
  {UNDER_LICENSE: 'license', HAS_TASK: 'task', IN_LANGUAGE: 'language', USES_LIBRARY: 'library'}[declares] AS trait,
  sum(CASE size(parent_values) WHEN 0 THEN 0 ELSE brood END) AS edges,
  sum(reduce(same = 0, one IN groups | same + CASE one.values WHEN parent_values THEN one.models ELSE 0 END)) AS kept,
  sum(brood * (brood - 1) / 2) AS sibling_pairs,
  sum(alike) AS alike
WHERE trait IN $traits AND (edges > 0 OR sibling_pairs > 0)
WITH
  family,
  trait,
  edges,
  CASE WHEN edges > 0 THEN toFloat(kept) / edges END AS same_as_parent,
  sibling_pairs,
  CASE WHEN sibling_pairs > 0 THEN toFloat(alike) / sibling_pairs END AS same_as_sibling
RETURN
  family.id AS family,
  trait,
  family.model_count AS model_count,
  edges,
  same_as_parent,
  sibling_pairs,
  same_as_sibling,
  same_as_sibling - same_as_parent AS difference
ORDER BY model_count DESC, family, trait
