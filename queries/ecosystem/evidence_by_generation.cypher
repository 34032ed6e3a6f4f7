// What is known of licences, generation by generation
//
// /// query
// audience = "analyst"
// question = "Of the models that many steps below their roots, how many state a licence, and of how many is every ancestor's licence known?"
// statuses = ["listed", "internal"]
// key = ["generation"]
// misses = "Models without any edge; licences of data sets. A generation is the longest way up to a root, over all relations; a parent in no snapshot is a root of which nothing is known. upstream_complete: every ancestor states a licence whose terms are known; decidable: that suffices for a verdict on the model's own label. How long one licence is kept is told by license/retention_by_generation."
// references = ["question E9", "arXiv:2605.24383"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return" }
//
// [columns]
// generation = "INTEGER"
// models = "INTEGER"
// licensed = "INTEGER"
// upstream_complete = "INTEGER"
// decidable = "INTEGER"
// share_licensed = "FLOAT"
// share_complete = "FLOAT"
// share_decidable = "FLOAT"
// ///
MATCH (model:Model)
WHERE model.component IS NOT NULL AND model.status IN ['listed', 'internal']
WITH
  model.generation_max AS generation,
  model.upstream_complete AS complete,
  model.label_verdict <> 'undecidable' AS decidable,
  EXISTS { (model)-[:UNDER_LICENSE]->() } AS licensed
WITH
  generation,
  count(*) AS models,
  count(CASE WHEN licensed THEN 1 END) AS licensed,
  count(CASE WHEN complete THEN 1 END) AS upstream_complete,
  count(CASE WHEN decidable THEN 1 END) AS decidable
RETURN
  generation,
  models,
  licensed,
  upstream_complete,
  decidable,
  toFloat(licensed) / models AS share_licensed,
  toFloat(upstream_complete) / models AS share_complete,
  toFloat(decidable) / models AS share_decidable
ORDER BY generation
LIMIT $limit
