// Models of a class of tasks that no ancestor was of
//
// /// query
// audience = "auditor"
// question = "Which models do a kind of task that none of their ancestors is known to have done, so that no evaluation upstream covers it?"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "Models whose own task is in no class of the paper's; models no ancestor of which has a task in a class. Where unknown_ancestors is not 0, some ancestors have no task that is known, and one of them may have done it. What a model does beside its one task is not seen. Ancestors of every status and over every relation count; the nearest with a task in a class is shown, and of several shortest paths to it one."
// next = "No evaluation upstream covers the new kind of task: evaluate the model yourself before you rely on it."
// references = ["question T7", "arXiv:2508.06811"]
//
// [params]
// classes = { type = "LIST<STRING>", default = ["features", "generative", "classification", "reinforcement-learning"], choices = ["features", "generative", "classification", "reinforcement-learning"], help = "Classes of which the model's task is" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// task = "STRING"
// task_class = "STRING"
// upstream_task_classes = "LIST<STRING>"
// unknown_ancestors = "INTEGER"
// ancestor = "STRING"
// ancestor_task = "STRING"
// hops = "INTEGER"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
CALL () {
  MATCH (model)-[edge:FINETUNE_OF]->()
  WHERE edge.task_change IN ['class_changed', 'changed', 'added']
  RETURN model
  UNION
  MATCH (model)-[edge:ADAPTER_OF]->()
  WHERE edge.task_change IN ['class_changed', 'changed', 'added']
  RETURN model
  UNION
  MATCH (model)-[edge:QUANTIZATION_OF]->()
  WHERE edge.task_change IN ['class_changed', 'changed', 'added']
  RETURN model
  UNION
  MATCH (model)-[edge:MERGE_OF]->()
  WHERE edge.task_change IN ['class_changed', 'changed', 'added']
  RETURN model
  UNION
  MATCH (model)-[edge:BASED_ON]->()
  WHERE edge.task_change IN ['class_changed', 'changed', 'added']
  RETURN model
}
WITH model
WHERE model.upstream_task_classes IS NOT NULL
  AND model.status IN ['listed', 'internal']
  AND coalesce(model.downloads, 0) >= $min_downloads
MATCH (model)-[:HAS_TASK]->(task:Task)
WHERE task.class IN $classes AND NOT task.class IN model.upstream_task_classes
WITH model, task
ORDER BY model.descendant_count DESC, model.id
LIMIT $limit
CALL (model) {
  MATCH way = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{1,40}(ancestor:Model)
  WHERE ancestor <> model
  WITH ancestor, min(length(way)) AS hops
  OPTIONAL MATCH (ancestor)-[:HAS_TASK]->(other:Task)
  WITH ancestor, hops, other
  ORDER BY hops, ancestor.id
  RETURN
    count(CASE WHEN other.class IS NULL THEN 1 END) AS unknown_ancestors,
    head(collect(CASE WHEN other.class IS NOT NULL THEN {node: ancestor, hops: hops, task: other.id} END)) AS nearest
}
WITH model, task, unknown_ancestors, nearest, nearest.node AS ancestor
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
)
RETURN
  model.id AS model,
  task.id AS task,
  task.class AS task_class,
  model.upstream_task_classes AS upstream_task_classes,
  unknown_ancestors,
  ancestor.id AS ancestor,
  nearest.task AS ancestor_task,
  nearest.hops AS hops,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, model
