// Models that are their own parents
//
// /// query
// audience = "auditor"
// question = "Which models name themselves as their parent, and which other parents do they name?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model"]
// misses = "Longer circles (quality/cycles). A re-upload that kept the card of the original, with its own name put in, looks the same."
// next = "Ask the publisher which model was meant: what it really descends from is not known."
// references = ["question X1"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// relations = "LIST<STRING>"
// declared_as = "LIST<STRING>"
// evidence = "LIST<STRING>"
// other_parents = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (model:Model)
WHERE model.cycle_id IS NOT NULL
MATCH (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(model)
WITH model, edge
ORDER BY type(edge)
WITH model, collect(edge) AS edges
ORDER BY model.descendant_count DESC, model.id
LIMIT $limit
RETURN
  model.id AS model,
  [edge IN edges | type(edge)] AS relations,
  COLLECT { UNWIND edges AS edge RETURN DISTINCT coalesce(edge.declared_as, model.id) AS spelt ORDER BY spelt } AS declared_as,
  COLLECT { UNWIND edges AS edge UNWIND edge.evidence AS where RETURN DISTINCT where ORDER BY where } AS evidence,
  COLLECT {
    MATCH (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    WHERE parent <> model
    RETURN DISTINCT parent.id ORDER BY parent.id
  } AS other_parents,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, model
