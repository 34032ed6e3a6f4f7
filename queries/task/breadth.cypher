// Families that span the most tasks
//
// /// query
// audience = "analyst"
// question = "Which families of models do the most different tasks?"
// statuses = ["listed", "internal"]
// key = ["family"]
// misses = "Kinship through merges: a family is joined by every relation but MERGE_OF, as in the paper. A task counts that one member has; class_count counts the classes that the paper puts its tasks in."
// references = ["question T6", "arXiv:2508.06811"]
//
// [params]
// min_models = { type = "INTEGER", default = 2, help = "Fewest members of a family" }
// limit = { type = "INTEGER", default = 50, help = "Most rows to return, most tasks first" }
//
// [columns]
// family = "STRING"
// model_count = "INTEGER"
// models_with_task = "INTEGER"
// task_count = "INTEGER"
// class_count = "INTEGER"
// tasks = "LIST<STRING>"
// classes = "LIST<STRING>"
// commonest_task = "STRING"
// commonest_share = "FLOAT"
// ///
MATCH (family:Family)
WHERE family.model_count >= $min_models
MATCH (family)<-[:IN_FAMILY]-(model:Model)-[:HAS_TASK]->(task:Task)
WHERE model.status IN ['listed', 'internal']
WITH family, task, count(*) AS models
WITH family, count(*) AS task_count, sum(models) AS models_with_task, collect({node: task, models: models}) AS counted
ORDER BY task_count DESC, models_with_task DESC, family.id
LIMIT $limit
WITH
  family,
  task_count,
  models_with_task,
  COLLECT { UNWIND counted AS one RETURN one ORDER BY one.models DESC, one.node.id } AS counted,
  COLLECT { UNWIND counted AS one WITH one.node.class AS class WHERE class IS NOT NULL RETURN DISTINCT class ORDER BY class } AS classes
RETURN
  family.id AS family,
  family.model_count AS model_count,
  models_with_task,
  task_count,
  size(classes) AS class_count,
  [one IN counted | one.node.id] AS tasks,
  classes,
  counted[0].node.id AS commonest_task,
  toFloat(counted[0].models) / models_with_task AS commonest_share
ORDER BY task_count DESC, models_with_task DESC, family
