// Siblings of what runs that were flagged, changed or removed
//
// /// query
// audience = "engineer"
// question = "Which siblings of a model in use were flagged, changed their licence or are no longer listed?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["model", "sibling", "what"]
// misses = "Siblings that do not name the parent. Changes between two snapshots that were undone before the second."
// next = "Find out what happened to the sibling: the model in use shares its parent."
// references = ["question B5"]
//
// [params]
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to the shared parent" }
// environments = { type = "LIST<STRING>", default = [], help = "Only these environments; empty for all" }
// inventories = { type = "LIST<STRING>", default = [], help = "Only these inventories; empty for all" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, by model" }
//
// [columns]
// model = "STRING"
// deployments = "LIST<STRING>"
// sibling = "STRING"
// parent = "STRING"
// what = "STRING"
// detail = "STRING"
// downloads = "INTEGER"
// ///
MATCH (deployment:Deployment)-[:RUNS]->(model:Model)
WHERE deployment.retired_at IS NULL
  AND (size($environments) = 0 OR deployment.environment IN $environments)
  AND (size($inventories) = 0 OR deployment.inventory IN $inventories)
WITH model, collect(DISTINCT deployment.name) AS deployments
MATCH (model)-[own:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(own) IN $relations]->(parent:Model)
WHERE parent <> model
// The children of a parent are looked at once, however many of them run.
WITH parent, collect(DISTINCT {model: model, deployments: deployments}) AS running
MATCH (parent)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-(sibling:Model)
WHERE sibling.status = 'removed'
  OR EXISTS { (:Review {decision: 'flag'})-[:ABOUT]->(sibling) }
  OR EXISTS { (:Change {field: 'license'})-[:OF]->(sibling) }
WITH DISTINCT parent, running, sibling
UNWIND running AS one
WITH one.model AS model, one.deployments AS deployments, parent, sibling
WHERE sibling <> model
WITH DISTINCT model, deployments, parent, sibling
WITH
  model,
  deployments,
  parent,
  sibling,
  COLLECT {
    MATCH (review:Review {decision: 'flag'})-[:ABOUT]->(sibling)
    WHERE review.until IS NULL OR review.until >= date()
    RETURN {what: 'flagged', detail: review.who + ': ' + review.why} ORDER BY review.at DESC, review.id LIMIT 1
  }
    + COLLECT {
      MATCH (change:Change {field: 'license'})-[:OF]->(sibling)
      RETURN
        {what: 'license_changed', detail: reduce(text = '', name IN change.after | text + name + ' ') + 'since ' + toString(date(change.as_of))}
      ORDER BY change.as_of DESC, change.id LIMIT 1
    }
    + CASE WHEN sibling.status = 'removed' THEN [{what: 'removed', detail: 'last seen ' + toString(date(sibling.last_seen))}] ELSE [] END AS told
UNWIND told AS one
WITH model, deployments, sibling, parent, one
ORDER BY parent.id
WITH model, deployments, sibling, one, head(collect(parent)) AS parent
RETURN
  model.id AS model,
  deployments,
  sibling.id AS sibling,
  parent.id AS parent,
  one.what AS what,
  one.detail AS detail,
  sibling.downloads AS downloads
ORDER BY model, sibling, what
LIMIT $limit
