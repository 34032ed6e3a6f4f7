// Tasks of children against those of their parents
//
// /// query
// audience = "analyst"
// question = "How often does a model with one task have a child with another?"
// statuses = ["listed", "internal"]
// key = ["parent_task", "child_task"]
// misses = "Parents in no snapshot, whose task nobody knows. Null is a model without a task; share_of_parent is of all children of models with that task, share_of_declaring of those that have a task. Several relations of one pair are several steps. Parents of every other status count. ecosystem/mutation_rates has the rate."
// references = ["question T5", "arXiv:2508.06811"]
//
// [params]
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_edges = { type = "INTEGER", default = 1, help = "Fewest steps of a pair" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most steps first" }
//
// [columns]
// parent_task = "STRING"
// child_task = "STRING"
// edges = "INTEGER"
// share_of_parent = "FLOAT"
// share_of_declaring = "FLOAT"
// ///
MATCH (parent:Model)
WHERE parent.child_count > 0 AND parent.status <> 'missing'
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WHERE child <> parent AND type(edge) IN $relations AND child.status IN ['listed', 'internal']
OPTIONAL MATCH (child)-[:HAS_TASK]->(after:Task)
// Counted before the parent's task is looked up: once for each parent, and not for each child.
WITH parent, after, count(*) AS edges
OPTIONAL MATCH (parent)-[:HAS_TASK]->(before:Task)
WITH before, after, sum(edges) AS edges
WITH
  before,
  sum(edges) AS total,
  sum(CASE WHEN after IS NOT NULL THEN edges ELSE 0 END) AS declaring,
  collect({after: after, edges: edges}) AS pairs
UNWIND pairs AS pair
WITH before.id AS parent_task, pair.after.id AS child_task, pair.edges AS edges, total, declaring
WHERE edges >= $min_edges
RETURN
  parent_task,
  child_task,
  edges,
  toFloat(edges) / total AS share_of_parent,
  CASE WHEN child_task IS NOT NULL THEN toFloat(edges) / declaring END AS share_of_declaring
ORDER BY edges DESC, parent_task, child_task
LIMIT $limit
