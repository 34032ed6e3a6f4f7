// Models about whose ancestors not everything is known
//
// /// query
// audience = "auditor"
// question = "For which models can nobody say what their ancestors ask, why, and which ancestor is the nearest cause?"
// severity = "medium"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "Parents that nobody declared and nothing hints at; texts that the table reads wrongly; licences of data sets. Of several causes the nearest is shown, and of several shortest paths to it one. What the organisation concluded of an ancestor is no cause."
// next = "Look at the nearest cause: ask its publisher for what is missing, or record what you found out as a curation in studbook.toml."
// references = ["question L6", "arXiv:2605.24383"]
//
// [params]
// reasons = { type = "LIST<STRING>", default = ["PARENT_SILENT", "PARENT_MISSING", "PARENT_LICENSE_UNKNOWN", "PARENT_UNRESOLVED", "UNDECLARED_PARENT_SUSPECTED"], choices = ["PARENT_SILENT", "PARENT_MISSING", "PARENT_LICENSE_UNKNOWN", "PARENT_UNRESOLVED", "UNDECLARED_PARENT_SUSPECTED"], help = "Reasons of which the model has one" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// undecidable_reasons = "LIST<STRING>"
// ancestor = "STRING"
// cause = "STRING"
// hops = "INTEGER"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// said = "LIST<STRING>"
// licenses = "LIST<STRING>"
// upstream_terms = "LIST<STRING>"
// label_verdict = "STRING"
// label_reasons = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (model:Model)
WHERE model.undecidable_reasons IS NOT NULL
  AND any(reason IN model.undecidable_reasons WHERE reason IN $reasons)
  AND model.status IN ['listed', 'internal']
  AND coalesce(model.downloads, 0) >= $min_downloads
WITH model
ORDER BY model.descendant_count DESC, model.id
LIMIT $limit
CALL (model) {
  MATCH way = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{0,40}(ancestor:Model)
  WITH ancestor, min(length(way)) AS hops
  WITH
    ancestor,
    hops,
    // By its name what no model of a graph may have: Neo4j warns of a property that does not exist.
    [
      reason IN [
        CASE WHEN hops > 0 AND ancestor.status = 'missing' THEN 'PARENT_MISSING' END,
        CASE
          WHEN hops > 0
            AND ancestor.status <> 'missing'
            AND NOT 'concluded_licenses' IN keys(ancestor)
            AND NOT EXISTS { (ancestor)-[:UNDER_LICENSE]->(:License) } THEN 'PARENT_SILENT'
        END,
        CASE
          WHEN hops > 0
            AND NOT 'concluded_licenses' IN keys(ancestor)
            AND EXISTS {
              MATCH (ancestor)-[:UNDER_LICENSE]->(license:License)
              WHERE coalesce(license.family, 'unknown') = 'unknown'
            } THEN 'PARENT_LICENSE_UNKNOWN'
        END,
        CASE WHEN ancestor.unresolved_parents IS NOT NULL THEN 'PARENT_UNRESOLVED' END,
        CASE
          WHEN ancestor.parent_hints IS NOT NULL
            AND ancestor.unresolved_parents IS NULL
            AND NOT EXISTS {
              (ancestor)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(:Model)
            } THEN 'UNDECLARED_PARENT_SUSPECTED'
        END
      ]
      WHERE reason IN $reasons
    ] AS causes
  WHERE size(causes) > 0
  WITH ancestor, hops, causes
  ORDER BY hops, ancestor.id
  LIMIT 1
  RETURN head(collect({node: ancestor, hops: hops, cause: causes[0]})) AS nearest
}
WITH model, nearest.node AS ancestor, nearest.hops AS hops, nearest.cause AS cause
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
OPTIONAL MATCH ANY SHORTEST (
  path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
)
WITH model, ancestor, hops, cause, CASE WHEN hops > 0 THEN path END AS path
RETURN
  model.id AS model,
  model.undecidable_reasons AS undecidable_reasons,
  ancestor.id AS ancestor,
  cause,
  hops,
  coalesce([edge IN relationships(path) | type(edge)], []) AS relations,
  coalesce([node IN nodes(path) | node.id], [model.id]) AS path,
  CASE cause
    WHEN 'PARENT_LICENSE_UNKNOWN' THEN COLLECT {
      MATCH (ancestor)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
    }
    WHEN 'PARENT_UNRESOLVED' THEN ancestor.unresolved_parents
    WHEN 'UNDECLARED_PARENT_SUSPECTED' THEN ancestor.parent_hints
  END AS said,
  COLLECT {
    MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS licenses,
  model.upstream_terms AS upstream_terms,
  model.label_verdict AS label_verdict,
  model.label_reasons AS label_reasons,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, model
