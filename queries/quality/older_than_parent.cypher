// Models older than their parents
//
// /// query
// audience = "auditor"
// question = "Which models were created before a parent that they name?"
// statuses = ["listed", "removed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Models created before 2022-03-02, when the Hub began to write dates down, and their children: their order is not known. A parent that was uploaded again, or moved, is younger than its children without any mistake."
// next = "Look whether the parent was published anew or a wrong one was named."
// references = ["question X7"]
//
// [params]
// min_days = { type = "INTEGER", default = 1, range = [0, 100000], help = "Fewest days by which the child is older; less than a day counts as one" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to look at" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most days first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// days_before_parent = "INTEGER"
// child_created_at = "ZONED DATETIME"
// parent_created_at = "ZONED DATETIME"
// in_cycle = "BOOLEAN"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WHERE type(edge) IN $relations AND edge.days_after_parent < 0 AND -edge.days_after_parent >= $min_days
WITH child, edge, parent
ORDER BY edge.days_after_parent, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  -edge.days_after_parent AS days_before_parent,
  child.created_at AS child_created_at,
  parent.created_at AS parent_created_at,
  edge.in_cycle AS in_cycle,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY days_before_parent DESC, child, relation, parent
