// Parents that are in another parent already
//
// /// query
// audience = "analyst"
// question = "Which models name a parent from which another of their parents descends?"
// statuses = ["listed", "internal"]
// key = ["model", "parent"]
// misses = "Whether the parent was given twice on purpose: a merge may weigh a base and its finetune against each other, an adapter may be the difference of the two. Parents around one circle descend from each other and are left out. `through` are the other parents that descend from it, `hops` the fewest steps from one of them."
// references = ["question M6"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// parent = "STRING"
// relations = "LIST<STRING>"
// through = "LIST<STRING>"
// hops = "INTEGER"
// parent_count = "INTEGER"
// status = "STRING"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (model:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(:Model)
WITH model, count(edge) AS edges
WHERE edges > 1
MATCH (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WHERE parent <> model
WITH model, collect(DISTINCT parent) AS parents
WHERE size(parents) > 1
UNWIND parents AS through
UNWIND parents AS parent
WITH model, size(parents) AS parent_count, through, parent
// What descends from another stands in a later generation; members of one circle stand in the same, and are left out.
WHERE parent.generation_max < through.generation_max
// Each of them is looked upwards from once, however many models name it.
WITH through, collect({model: model, parent: parent, parent_count: parent_count}) AS named
CALL (through) {
  MATCH way = (through)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor:Model)
  WITH ancestor, min(length(way)) AS hops
  RETURN collect({node: ancestor, hops: hops}) AS ancestors
}
UNWIND named AS entry
WITH entry, through, [ancestor IN ancestors WHERE ancestor.node = entry.parent | ancestor.hops][0] AS hops
WHERE hops IS NOT NULL AND entry.model.status IN ['listed', 'internal']
WITH entry.model AS model, entry.parent AS parent, entry.parent_count AS parent_count, through, hops
ORDER BY through.id
WITH model, parent, parent_count, min(hops) AS hops, collect(through.id) AS through
ORDER BY model.descendant_count DESC, model.id, parent.id
LIMIT $limit
RETURN
  model.id AS model,
  parent.id AS parent,
  COLLECT {
    MATCH (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent) RETURN type(edge) ORDER BY type(edge)
  } AS relations,
  through,
  hops,
  parent_count,
  model.status AS status,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, model, parent
