// Models without a task under a parent that has one
//
// /// query
// audience = "analyst"
// question = "Which models name no task although the parent that they derive from does?"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Children of parents that name no task either. The Hub guesses a task from files and libraries, so that one without a task may only lack what the guess needs: child_library shows what it uses. Parents of every status count."
// next = "Ask the publisher what the model is for, or go by the parent's task and test it."
// references = ["question T4"]
//
// [params]
// tasks = { type = "LIST<STRING>", default = [], help = "Tasks of which the parent has one; none: any" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// parent_task = "STRING"
// parent_class = "STRING"
// child_library = "STRING"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.task_change = 'dropped'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.task_change = 'dropped'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.task_change = 'dropped'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.task_change = 'dropped'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.task_change = 'dropped'
  RETURN edge
}
WITH edge, startNode(edge) AS child, endNode(edge) AS parent
WHERE child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
  AND (size($tasks) = 0 OR EXISTS { MATCH (parent)-[:HAS_TASK]->(task:Task) WHERE task.id IN $tasks })
WITH edge, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
MATCH (parent)-[:HAS_TASK]->(before:Task)
OPTIONAL MATCH (child)-[:USES_LIBRARY]->(library:Library)
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  before.id AS parent_task,
  before.class AS parent_class,
  library.id AS child_library,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
