// Drift from one class of tasks to another
//
// /// query
// audience = "analyst"
// question = "How often does a model belong to another class of tasks than its parent, and does it follow the line from features to generative to classification to reinforcement learning?"
// statuses = ["listed", "internal"]
// key = ["parent_class", "child_class"]
// misses = "Steps to or from a model without a task, or with one that the paper puts in no class. Several relations of one pair are several steps. Parents of every status count. task/changed lists the steps with changes=class_changed."
// references = ["question T3", "arXiv:2508.06811"]
//
// [params]
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// limit = { type = "INTEGER", default = 12, help = "Most rows to return, most steps first" }
//
// [columns]
// parent_class = "STRING"
// child_class = "STRING"
// edges = "INTEGER"
// models = "INTEGER"
// along_the_line = "BOOLEAN"
// commonest_parent_task = "STRING"
// commonest_child_task = "STRING"
// commonest_edges = "INTEGER"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.task_change = 'class_changed'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.task_change = 'class_changed'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.task_change = 'class_changed'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.task_change = 'class_changed'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.task_change = 'class_changed'
  RETURN edge
}
WITH startNode(edge) AS child, endNode(edge) AS parent
WHERE child.status IN ['listed', 'internal']
MATCH (parent)-[:HAS_TASK]->(before:Task)
MATCH (child)-[:HAS_TASK]->(after:Task)
WITH before, after, count(*) AS edges, collect(DISTINCT child) AS children
ORDER BY edges DESC, before.id, after.id
WITH
  before.class AS parent_class,
  after.class AS child_class,
  sum(edges) AS edges,
  collect({parent: before.id, child: after.id, edges: edges})[0] AS commonest,
  collect(children) AS lists
WITH
  parent_class,
  child_class,
  edges,
  commonest,
  COUNT { UNWIND lists AS children UNWIND children AS child RETURN DISTINCT child } AS models,
  ['features', 'generative', 'classification', 'reinforcement-learning'] AS line
RETURN
  parent_class,
  child_class,
  edges,
  models,
  reduce(place = 0, i IN range(0, 3) | place + CASE line[i] WHEN child_class THEN i WHEN parent_class THEN -i ELSE 0 END) > 0
    AS along_the_line,
  commonest.parent AS commonest_parent_task,
  commonest.child AS commonest_child_task,
  commonest.edges AS commonest_edges
ORDER BY edges DESC, parent_class, child_class
LIMIT $limit
