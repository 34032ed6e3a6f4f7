// The nearest ancestors of a model that are well documented
//
// /// query
// audience = "engineer"
// question = "Where up its lineage does somebody say what this model is made of, and how far is that?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "ancestor"]
// misses = "Documentation elsewhere than in cards. A nearer ancestor may be well documented if nobody looked for its card: unknown_nearer counts those. Where several shortest paths lead to an ancestor, one of them is shown. No row: no ancestor whose card was looked for is documented well enough."
// references = ["question D5"]
//
// [params]
// model = { type = "STRING", default = "brightmoor/Kestrel-Storyteller-7B", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// min_score = { type = "INTEGER", default = 50, range = [0, 100], help = "Lowest documentation score" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, best documented first" }
//
// [columns]
// model = "STRING"
// documentation_score = "INTEGER"
// ancestor = "STRING"
// hops = "INTEGER"
// ancestor_score = "INTEGER"
// ancestor_sections = "LIST<STRING>"
// ancestor_template = "STRING"
// unknown_nearer = "INTEGER"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH way = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{1,40}(ancestor:Model)
WHERE ancestor <> model
WITH model, ancestor, min(length(way)) AS hops
WHERE hops <= $max_hops
WITH
  model,
  min(CASE WHEN ancestor.documentation_score >= $min_score THEN hops END) AS nearest,
  collect({node: ancestor, hops: hops}) AS ancestors
WITH
  model,
  nearest AS hops,
  [entry IN ancestors WHERE entry.hops = nearest AND entry.node.documentation_score >= $min_score | entry.node] AS found,
  size([entry IN ancestors WHERE entry.hops < nearest AND entry.node.documentation_score IS NULL]) AS unknown_nearer
UNWIND found AS ancestor
WITH model, ancestor, hops, unknown_nearer
ORDER BY model.id, ancestor.documentation_score DESC, ancestor.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
RETURN
  model.id AS model,
  model.documentation_score AS documentation_score,
  ancestor.id AS ancestor,
  hops,
  ancestor.documentation_score AS ancestor_score,
  ancestor.card_sections AS ancestor_sections,
  ancestor.card_template AS ancestor_template,
  unknown_nearer,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path
ORDER BY model, ancestor_score DESC, ancestor
