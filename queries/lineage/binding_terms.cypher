// Terms that bind a model, and who asks them
//
// /// query
// audience = "auditor"
// question = "What do the licences of this model and of its ancestors ask, which ancestor asks it, and what cannot be known?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "ancestor", "term", "unknown"]
// misses = "Parents that nobody declared; permission obtained in private; licences of data sets. Where several shortest paths lead to an ancestor, one of them is shown."
// references = ["question L3"]
//
// [params]
// model = { type = "STRING", default = "brightmoor/Kestrel-Storyteller-7B", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [0, 40], help = "Generations to go up" }
// everyone = { type = "BOOLEAN", default = false, help = "Also a row for each ancestor that asks nothing" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, nearest first" }
//
// [columns]
// model = "STRING"
// ancestor = "STRING"
// hops = "INTEGER"
// term = "STRING"
// unknown = "STRING"
// asking = "LIST<STRING>"
// licenses = "LIST<STRING>"
// status = "STRING"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
// From 0 hops: the model's own licence binds too.
MATCH way = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{0,40}(ancestor:Model)
WITH model, ancestor, min(length(way)) AS hops
WHERE hops <= $max_hops
WITH
  model,
  ancestor,
  hops,
  COLLECT { MATCH (ancestor)-[:UNDER_LICENSE]->(license:License) RETURN license ORDER BY license.id } AS licenses
WITH
  model,
  ancestor,
  hops,
  [license IN licenses | license.id] AS ids,
  [license IN licenses WHERE license.terms IS NULL | license.id] AS unread,
  [
    license IN licenses
    WHERE license.terms IS NOT NULL
      AND 'unknown' IN [
        license.commercial_use,
        license.derivatives,
        license.share_alike,
        license.use_restrictions,
        license.restriction_set
      ]
    | license.id
  ] AS incomplete,
  [license IN licenses WHERE license.confidence = 'low' AND license.terms IS NOT NULL | license.id] AS doubtful,
  COLLECT {
    UNWIND licenses AS license
    UNWIND license.terms AS term
    WITH term, collect(license.id) AS asking
    RETURN {term: term, asking: asking} ORDER BY term
  } AS asked
WITH
  model,
  ancestor,
  hops,
  ids,
  asked
    + [asking IN [unread] WHERE size(asking) > 0 | {unknown: 'LICENSE_UNKNOWN', asking: asking}]
    + [asking IN [incomplete] WHERE size(asking) > 0 | {unknown: 'LICENSE_INCOMPLETE', asking: asking}]
    + [asking IN [doubtful] WHERE size(asking) > 0 | {unknown: 'LOW_CONFIDENCE_ROW', asking: asking}]
    + CASE
      WHEN ancestor.status = 'missing' THEN [{unknown: 'MISSING', asking: []}]
      WHEN size(ids) = 0 THEN [{unknown: 'SILENT', asking: []}]
      ELSE []
    END
    + CASE
      WHEN ancestor.unresolved_parents IS NOT NULL THEN [{unknown: 'PARENT_UNRESOLVED', asking: []}]
      ELSE []
    END
    + CASE
      WHEN ancestor.parent_hints IS NOT NULL AND ancestor.generation_max = 0
        THEN [{unknown: 'UNDECLARED_PARENT_SUSPECTED', asking: []}]
      ELSE []
    END
    + CASE
      WHEN hops = $max_hops
        AND EXISTS {
          (ancestor)-[further:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(further) IN $relations]->(:Model)
        } THEN [{unknown: 'FURTHER_UP', asking: []}]
      ELSE []
    END AS found
WHERE size(found) > 0 OR $everyone
ORDER BY model.id, hops, ancestor.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
OPTIONAL MATCH ANY SHORTEST (
  path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
WITH
  model,
  ancestor,
  hops,
  ids,
  CASE WHEN size(found) = 0 THEN [{asking: []}] ELSE found END AS found,
  CASE WHEN hops = 0 THEN null ELSE path END AS path
UNWIND found AS row
RETURN
  model.id AS model,
  ancestor.id AS ancestor,
  hops,
  row.term AS term,
  row.unknown AS unknown,
  row.asking AS asking,
  ids AS licenses,
  ancestor.status AS status,
  coalesce([edge IN relationships(path) | type(edge)], []) AS relations,
  coalesce([node IN nodes(path) | node.id], [model.id]) AS path
ORDER BY model, hops, ancestor, term, unknown
LIMIT $limit
