// Parents that are in no snapshot
//
// /// query
// audience = "auditor"
// question = "Which models are named as parents although no snapshot has them, and how many models build on them?"
// statuses = ["missing"]
// key = ["parent"]
// misses = "Parents given as a path, an address or a bare name: those are no models (quality/unresolved_parents)."
// next = "Find out what became of the parent: renamed, removed or never public. Until it is known, everything below it stays undecidable."
// references = ["question X3"]
//
// [params]
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, most children first" }
//
// [columns]
// parent = "STRING"
// child_count = "INTEGER"
// descendant_count = "INTEGER"
// relations = "LIST<STRING>"
// first_child = "STRING"
// first_seen = "ZONED DATETIME"
// ///
MATCH (parent:Model {status: 'missing'})
WITH parent
ORDER BY parent.child_count DESC, parent.id
LIMIT $limit
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WITH parent, type(edge) AS relation, min(child.id) AS child
ORDER BY relation
WITH parent, collect(relation) AS relations, min(child) AS first_child
RETURN
  parent.id AS parent,
  parent.child_count AS child_count,
  parent.descendant_count AS descendant_count,
  relations,
  first_child,
  parent.first_seen AS first_seen
ORDER BY child_count DESC, parent
