// Tasks along the ancestry of a model
//
// /// query
// audience = "analyst"
// question = "Which task did this model's ancestors have, step by step, and on which step did it change?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "child", "relation", "parent"]
// misses = "Parents that nobody declared; what a model does beside the one task that the Hub gives it. An ancestor in no snapshot has no task that is known."
// references = ["question T2"]
//
// [params]
// model = { type = "STRING", default = "redshank-labs/dunlin-arm-sim", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// limit = { type = "INTEGER", default = 1000, help = "Most steps to return, nearest first" }
//
// [columns]
// model = "STRING"
// hops = "INTEGER"
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// task_change = "STRING"
// child_task = "STRING"
// child_class = "STRING"
// parent_task = "STRING"
// parent_class = "STRING"
// parent_status = "STRING"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH path = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{0,39}(child:Model)
WITH model, child, min(length(path)) + 1 AS hops
WHERE hops <= $max_hops
MATCH (child)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->(parent:Model)
WITH model, hops, child, edge, parent
ORDER BY model.id, hops, child.id, type(edge), parent.id
LIMIT $limit
OPTIONAL MATCH (child)-[:HAS_TASK]->(after:Task)
OPTIONAL MATCH (parent)-[:HAS_TASK]->(before:Task)
RETURN
  model.id AS model,
  hops,
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.task_change AS task_change,
  after.id AS child_task,
  after.class AS child_class,
  before.id AS parent_task,
  before.class AS parent_class,
  parent.status AS parent_status
ORDER BY model, hops, child, relation, parent
