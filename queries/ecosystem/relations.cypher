// Derivations by relation, and how many of them are derived from again
//
// /// query
// audience = "analyst"
// question = "How many derivations are there of each relation, and how many of the models made that way have children of their own?"
// statuses = ["listed", "internal"]
// key = ["relation"]
// misses = "Children that do not name their parent, so that a share is a minimum. A model with several parents or relations is a child under each of them; children of its own count whatever their relation. The paper counts edges where this counts models. Parents of every status count."
// references = ["question E1", "question E6", "arXiv:2508.06811"]
//
// [columns]
// relation = "STRING"
// edges = "INTEGER"
// children = "INTEGER"
// children_with_children = "INTEGER"
// share_with_children = "FLOAT"
// parents = "INTEGER"
// ///
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WHERE child <> parent AND child.status IN ['listed', 'internal']
WITH type(edge) AS relation, child, parent.id AS parent
WITH
  relation,
  count(*) AS edges,
  count(DISTINCT child) AS children,
  count(DISTINCT CASE WHEN child.child_count > 0 THEN child END) AS children_with_children,
  count(DISTINCT parent) AS parents
RETURN
  relation,
  edges,
  children,
  children_with_children,
  toFloat(children_with_children) / children AS share_with_children,
  parents
ORDER BY edges DESC, relation
