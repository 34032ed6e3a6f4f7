// Quantized versions of quantized versions
//
// /// query
// audience = "auditor"
// question = "Which models are quantized from a model that is quantized itself, and how many times in all?"
// statuses = ["listed", "internal"]
// key = ["model", "ancestor"]
// misses = "Sources that nobody declared; steps on a circle (quality/cycles). A model under several chains to one ancestor counts the shortest of two steps or more. Where several are equally short, one of them is shown. Models on the way may be of any status."
// references = ["question Q2"]
//
// [params]
// min_hops = { type = "INTEGER", default = 2, range = [2, 40], help = "Fewest quantizations on the way" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, longest chains first" }
//
// [columns]
// model = "STRING"
// ancestor = "STRING"
// hops = "INTEGER"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// formats = "LIST<STRING>"
// ancestor_status = "STRING"
// downloads = "INTEGER"
// ///
MATCH (copy:Model)-[second:QUANTIZATION_OF]->(:Model)
WHERE NOT second.in_cycle AND copy.child_count > 0
WITH DISTINCT copy
MATCH (model:Model)-[first:QUANTIZATION_OF]->(copy)
WHERE NOT first.in_cycle AND model.status IN ['listed', 'internal']
MATCH path = (copy)-[edge:QUANTIZATION_OF WHERE NOT edge.in_cycle]->{1,39}(ancestor:Model)
WITH model, copy, ancestor, min(length(path)) + 1 AS hops
WHERE NOT EXISTS { (ancestor)-[further:QUANTIZATION_OF WHERE NOT further.in_cycle]->(:Model) }
WITH model, copy, ancestor, hops
ORDER BY hops, copy.id
WITH model, ancestor, collect(copy)[0] AS copy, min(hops) AS hops
WHERE hops >= $min_hops
ORDER BY hops DESC, model.id, ancestor.id
LIMIT $limit
// `*1..39` and not `{1,39}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (copy)-[:QUANTIZATION_OF*1..39]->(ancestor) WHERE all(edge IN relationships(path) WHERE NOT edge.in_cycle)
)
RETURN
  model.id AS model,
  ancestor.id AS ancestor,
  hops,
  ['QUANTIZATION_OF'] + [edge IN relationships(path) | type(edge)] AS relations,
  [model.id] + [node IN nodes(path) | node.id] AS path,
  model.formats AS formats,
  ancestor.status AS ancestor_status,
  model.downloads AS downloads
ORDER BY hops DESC, model, ancestor
