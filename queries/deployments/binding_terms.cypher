// Deployments on restricted or unknown lineage
//
// /// query
// audience = "engineer"
// question = "Which deployments run a model that restricted terms bind, or whose lineage nobody can decide?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["deployment", "model"]
// misses = "References that lead to no model: deployment list shows them. What an organisation concluded counts in verdicts, not in terms."
// next = "`studbook deployment check` holds each to the policy of its context."
// references = ["question I1"]
//
// [params]
// terms = { type = "LIST<STRING>", default = [], choices = ["noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "share_alike", "use_restrictions", "agreement", "name_prefix", "outputs_no_other_models", "territory"], help = "Only lineages that ask one of these terms, or that are undecidable; empty for any term" }
// environments = { type = "LIST<STRING>", default = [], help = "Only these environments; empty for all" }
// inventories = { type = "LIST<STRING>", default = [], help = "Only these inventories; empty for all" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, conflicts first" }
//
// [columns]
// deployment = "STRING"
// name = "STRING"
// owner = "STRING"
// environment = "STRING"
// model = "STRING"
// licenses = "LIST<STRING>"
// terms = "LIST<STRING>"
// label_verdict = "STRING"
// undecidable_reasons = "LIST<STRING>"
// ///
MATCH (deployment:Deployment)-[runs:RUNS]->(model:Model)
WHERE deployment.retired_at IS NULL
  AND (size($environments) = 0 OR deployment.environment IN $environments)
  AND (size($inventories) = 0 OR deployment.inventory IN $inventories)
WITH
  deployment,
  model,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license ORDER BY license.id } AS licenses
WITH
  deployment,
  model,
  [license IN licenses | license.id] AS ids,
  COLLECT {
    UNWIND coalesce(model.upstream_terms, []) + reduce(own = [], license IN licenses | own + coalesce(license.terms, [])) AS term
    RETURN DISTINCT term ORDER BY term
  } AS asked
WHERE (size($terms) = 0 AND size(asked) > 0)
  OR any(term IN asked WHERE split(term, ':')[0] IN $terms)
  OR model.undecidable_reasons IS NOT NULL
  OR size(ids) = 0
RETURN
  deployment.id AS deployment,
  deployment.name AS name,
  deployment.owner AS owner,
  deployment.environment AS environment,
  model.id AS model,
  ids AS licenses,
  asked AS terms,
  model.label_verdict AS label_verdict,
  model.undecidable_reasons AS undecidable_reasons
ORDER BY
  CASE label_verdict WHEN 'conflict' THEN 0 WHEN 'review' THEN 1 WHEN 'undecidable' THEN 2 ELSE 3 END,
  deployment,
  model
LIMIT $limit
