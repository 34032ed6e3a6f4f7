// Publishers who loosen the terms of their parents
//
// /// query
// audience = "auditor"
// question = "Which accounts publish the most models that drop terms which the licence of a direct parent asks for?"
// severity = "medium"
// statuses = ["listed", "internal"]
// key = ["publisher"]
// misses = "What becomes of the terms further down; permission obtained in private; licences of data sets. An account may loosen the terms of its own models: own_parents counts those steps. descendant_count and downloads add up those of each model. Parents of every status count."
// next = "Ask the account once about all of its models; until it answers, review what you take from it."
// references = ["question L17"]
//
// [params]
// changes = { type = "LIST<STRING>", default = ["loosened"], choices = ["kept", "loosened", "tightened", "changed", "dropped", "added", "unknown"], help = "What became of the terms; dropped: the child declares no licence" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_edges = { type = "INTEGER", default = 1, help = "Fewest such steps of an account" }
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, most steps first" }
//
// [columns]
// publisher = "STRING"
// edges = "INTEGER"
// models = "INTEGER"
// parents = "INTEGER"
// own_parents = "INTEGER"
// conflicts = "INTEGER"
// relations = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// example = "STRING"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.license_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.license_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.license_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.license_change IN $changes
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.license_change IN $changes
  RETURN edge
}
WITH edge, startNode(edge) AS child, endNode(edge) AS parent
WHERE child.status IN ['listed', 'internal']
WITH
  child,
  count(*) AS edges,
  collect(parent) AS parents,
  count(CASE WHEN parent.author = child.author THEN 1 END) AS own_parents,
  count(CASE WHEN edge.license_verdict = 'conflict' THEN 1 END) AS conflicts,
  collect(DISTINCT type(edge)) AS relations
ORDER BY child.descendant_count DESC, child.id
WITH child.author AS publisher, collect({
    node: child,
    edges: edges,
    parents: parents,
    own_parents: own_parents,
    conflicts: conflicts,
    relations: relations
  }) AS children
WITH publisher, children, reduce(edges = 0, child IN children | edges + child.edges) AS edges
WHERE edges >= $min_edges
ORDER BY edges DESC, publisher
LIMIT $limit
RETURN
  publisher,
  edges,
  size(children) AS models,
  COUNT { UNWIND children AS child UNWIND child.parents AS parent RETURN DISTINCT parent } AS parents,
  reduce(steps = 0, child IN children | steps + child.own_parents) AS own_parents,
  reduce(steps = 0, child IN children | steps + child.conflicts) AS conflicts,
  COLLECT {
    UNWIND children AS child UNWIND child.relations AS relation RETURN DISTINCT relation ORDER BY relation
  } AS relations,
  reduce(below = 0, child IN children | below + child.node.descendant_count) AS descendant_count,
  reduce(loads = 0, child IN children | loads + coalesce(child.node.downloads, 0)) AS downloads,
  children[0].node.id AS example
ORDER BY edges DESC, publisher
