// Conflicts that may be new
//
// /// query
// audience = "auditor"
// question = "Which labels are in conflict with what is above them, and are new or have had a licence or a parent changed on the way since?"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "Whether the label was in conflict before: `studbook audit --baseline` compares two audits finding by finding. Changes between two snapshots that were undone before the second, and everything before the first snapshot."
// next = "Read the change, then lineage/binding_terms of the model."
// references = ["question H7"]
//
// [params]
// since = { type = "STRING", default = "1970-01-01T00:00:00Z", help = "Only what a snapshot after this moment showed first" }
// verdicts = { type = "LIST<STRING>", default = ["conflict"], choices = ["conflict", "review", "undecidable"], help = "Verdicts of the label" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// label_verdict = "STRING"
// label_reasons = "LIST<STRING>"
// because = "STRING"
// changed = "STRING"
// as_of = "ZONED DATETIME"
// licenses = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
CALL () {
  MATCH (change:Change)-[:OF]->(changed:Model)
  WHERE change.field IN ['license', 'parents'] AND change.as_of > datetime($since)
  WITH changed, change
  ORDER BY change.as_of DESC, change.id
  WITH changed, head(collect(change)) AS change
  MATCH way = (model:Model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{0,40}(changed)
  WITH model, changed, change, min(length(way)) AS hops
  WHERE model.label_verdict IN $verdicts
  RETURN model, changed.id AS changed, change.field AS because, change.as_of AS as_of, hops
UNION ALL
  MATCH (first:Snapshot {status: 'complete'})
  WITH min(first.as_of) AS beginning
  MATCH (model:Model)
  WHERE model.label_verdict IN $verdicts AND model.first_seen > datetime($since) AND model.first_seen > beginning
  RETURN model, model.id AS changed, 'new' AS because, model.first_seen AS as_of, -1 AS hops
}
WITH model, changed, because, as_of, hops
WHERE model.status IN ['listed', 'internal'] AND coalesce(model.downloads, 0) >= $min_downloads
ORDER BY hops, as_of DESC, changed
WITH model, head(collect({changed: changed, because: because, as_of: as_of})) AS nearest
ORDER BY model.descendant_count DESC, model.id
LIMIT $limit
RETURN
  model.id AS model,
  model.label_verdict AS label_verdict,
  model.label_reasons AS label_reasons,
  nearest.because AS because,
  nearest.changed AS changed,
  nearest.as_of AS as_of,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY descendant_count DESC, model
