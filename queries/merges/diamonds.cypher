// Merges of relatives
//
// /// query
// audience = "analyst"
// question = "Which merges combine models that already share an ancestor, and which one is the nearest?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["merge"]
// misses = "Shared ancestors that nobody declared; two re-uploads of one model count as two."
// references = ["question M5"]
//
// [params]
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, most descendants first" }
//
// [columns]
// merge = "STRING"
// parent_count = "INTEGER"
// shared_ancestor = "STRING"
// hops = "INTEGER"
// sharing_parents = "LIST<STRING>"
// descendant_count = "INTEGER"
// ///
MATCH (merge:Model)-[:MERGE_OF]->(:Model)
WITH DISTINCT merge
MATCH (merge)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WHERE parent <> merge
WITH DISTINCT merge, parent
WITH
  merge,
  count(parent) AS parent_count,
  sum(parent.root_count + CASE parent.generation_max WHEN 0 THEN 1 ELSE 0 END) AS roots_of_parents
// Two parents share an ancestor exactly when they share a root: then the parents' roots, added up, are more than the merge's own.
WHERE roots_of_parents > merge.root_count + CASE merge.generation_max WHEN 0 THEN 1 ELSE 0 END
WITH merge, parent_count
ORDER BY merge.descendant_count DESC, merge.id
LIMIT $limit
CALL (merge) {
  MATCH (merge)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
  WHERE parent <> merge
  WITH DISTINCT merge, parent
  MATCH path = (parent)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*0..39]->(ancestor:Model)
  WHERE ancestor <> merge
  WITH parent, ancestor, min(length(path)) + 1 AS hops
  ORDER BY parent.id
  WITH ancestor, min(hops) AS hops, collect(parent.id) AS sharing_parents
  WHERE size(sharing_parents) > 1
  RETURN ancestor, hops, sharing_parents
  ORDER BY hops, ancestor.id
  LIMIT 1
}
RETURN
  merge.id AS merge,
  parent_count,
  ancestor.id AS shared_ancestor,
  hops,
  sharing_parents,
  merge.descendant_count AS descendant_count
ORDER BY descendant_count DESC, merge
