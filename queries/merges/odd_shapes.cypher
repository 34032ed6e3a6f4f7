// Merges of one model, and many parents without a merge
//
// /// query
// audience = "auditor"
// question = "Which models call themselves a merge and name one parent only, and which name several parents and no merge?"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "Why: the other parents of a merge may be folders on a disk, which its card does not list; what names several parents may be an adapter taken from two models, or one of those parents may be a data set's or a tokenizer's."
// references = ["question M7"]
//
// [params]
// shapes = { type = "LIST<STRING>", default = ["merge_of_one", "many_without_merge"], choices = ["merge_of_one", "many_without_merge"], help = "Which of the two" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// shape = "STRING"
// parents = "LIST<STRING>"
// relations = "LIST<STRING>"
// unresolved_parents = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (model:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WHERE parent <> model
WITH model, count(DISTINCT parent) AS parent_count, count(CASE WHEN type(edge) = 'MERGE_OF' THEN edge END) AS merge_edges
// Either a merge of one, or several parents and no merge.
WHERE (parent_count = 1) = (merge_edges > 0)
WITH model, CASE parent_count WHEN 1 THEN 'merge_of_one' ELSE 'many_without_merge' END AS shape
WHERE shape IN $shapes
  AND model.status IN ['listed', 'internal']
  AND coalesce(model.downloads, 0) >= $min_downloads
WITH model, shape
ORDER BY model.descendant_count DESC, model.id
LIMIT $limit
RETURN
  model.id AS model,
  shape,
  COLLECT {
    MATCH (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    WHERE parent <> model
    RETURN DISTINCT parent.id ORDER BY parent.id
  } AS parents,
  COLLECT {
    MATCH (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    WHERE parent <> model
    RETURN DISTINCT type(edge) ORDER BY type(edge)
  } AS relations,
  model.unresolved_parents AS unresolved_parents,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, model
