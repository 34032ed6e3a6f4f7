// Another task than the parent's
//
// /// query
// audience = "analyst"
// question = "Which models do another task than the parent that they derive from?"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "What a model does beside the one task that the Hub gives it. A change to or from a task in no class of the paper's counts as changed, not as class_changed. Parents of every status count; what one in no snapshot does is not known."
// next = "Evaluate the model on its own task: what is known of the parent speaks of another one."
// references = ["question T1", "arXiv:2508.06811"]
//
// [params]
// changes = { type = "LIST<STRING>", default = ["changed", "class_changed"], choices = ["kept", "changed", "class_changed", "dropped", "added", "unknown"], help = "What became of the task; changed: another of the same class" }
// tasks = { type = "LIST<STRING>", default = [], help = "Tasks of which the child has one; none: any" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// task_change = "STRING"
// parent_task = "STRING"
// parent_class = "STRING"
// child_task = "STRING"
// child_class = "STRING"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.task_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.task_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.task_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.task_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.task_change IN $changes
  RETURN edge
}
WITH edge, startNode(edge) AS child, endNode(edge) AS parent
WHERE child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
  AND (size($tasks) = 0 OR EXISTS { MATCH (child)-[:HAS_TASK]->(task:Task) WHERE task.id IN $tasks })
WITH edge, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
OPTIONAL MATCH (parent)-[:HAS_TASK]->(before:Task)
OPTIONAL MATCH (child)-[:HAS_TASK]->(after:Task)
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.task_change AS task_change,
  before.id AS parent_task,
  before.class AS parent_class,
  after.id AS child_task,
  after.class AS child_class,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
