// What is known of licences, generation by generation
//
// /// query
// audience = "analyst"
// question = "Of the models so many steps below their roots, how many state a licence, and of how many do all ancestors?"
// statuses = ["listed", "internal"]
// key = ["generation"]
// misses = "Models without any edge; licences of data sets. A generation is the longest way up to a root, over all relations; a parent in no snapshot is a root of which nothing is known. upstream_stated: every ancestor states a licence; upstream_complete: one whose terms are known; decidable: that suffices for a verdict on the model's own label. How long one licence is kept is told by license/retention_by_generation."
// references = ["question E9", "arXiv:2605.24383"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return" }
//
// [columns]
// generation = "INTEGER"
// models = "INTEGER"
// licensed = "INTEGER"
// upstream_stated = "INTEGER"
// upstream_complete = "INTEGER"
// decidable = "INTEGER"
// share_licensed = "FLOAT"
// share_stated = "FLOAT"
// share_complete = "FLOAT"
// share_decidable = "FLOAT"
// ///
MATCH (model:Model)
WHERE model.component IS NOT NULL AND model.status IN ['listed', 'internal']
WITH
  model.generation_max AS generation,
  none(
    reason IN ['PARENT_MISSING', 'PARENT_SILENT', 'PARENT_UNRESOLVED']
    WHERE reason IN coalesce(model.undecidable_reasons, [])
  ) AS stated,
  model.upstream_complete AS complete,
  model.label_verdict <> 'undecidable' AS decidable,
  EXISTS { (model)-[:UNDER_LICENSE]->() } AS licensed
WITH
  generation,
  count(*) AS models,
  count(CASE WHEN licensed THEN 1 END) AS licensed,
  count(CASE WHEN stated THEN 1 END) AS upstream_stated,
  count(CASE WHEN complete THEN 1 END) AS upstream_complete,
  count(CASE WHEN decidable THEN 1 END) AS decidable
RETURN
  generation,
  models,
  licensed,
  upstream_stated,
  upstream_complete,
  decidable,
  toFloat(licensed) / models AS share_licensed,
  toFloat(upstream_stated) / models AS share_stated,
  toFloat(upstream_complete) / models AS share_complete,
  toFloat(decidable) / models AS share_decidable
ORDER BY generation
LIMIT $limit
