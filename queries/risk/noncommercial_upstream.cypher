// Models for commercial use under a non-commercial ancestor
//
// /// query
// audience = "auditor"
// question = "Which models say that they may be used commercially although an ancestor, at any distance, may not?"
// severity = "high"
// statuses = ["listed", "internal"]
// key = ["model"]
// misses = "Parents that nobody declared; ancestors in no snapshot or under a licence whose text is not in the table; models that declare licences of different families; permission obtained in private; licences of data sets. Of the ancestors that ask it the nearest is shown. Ancestors of every status count."
// next = "Do not use the model commercially until the ancestor's publisher has said that you may, or the line to it is shown to be wrong."
// references = ["question L9"]
//
// [params]
// terms = { type = "LIST<STRING>", default = ["noncommercial"], choices = ["noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "share_alike", "use_restrictions", "agreement", "name_prefix", "outputs_no_other_models", "territory"], help = "Terms to look for, whatever stands after their colon" }
// families = { type = "LIST<STRING>", default = ["permissive", "weak_copyleft", "strong_copyleft", "use_restricted", "vendor_community"], choices = ["permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "use_restricted", "vendor_community", "no_derivatives"], help = "Families of licences to look at; only models all of whose licences allow commercial use count" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// licenses = "LIST<STRING>"
// ancestor = "STRING"
// hops = "INTEGER"
// terms = "LIST<STRING>"
// ancestor_licenses = "LIST<STRING>"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// label_verdict = "STRING"
// label_reasons = "LIST<STRING>"
// upstream_complete = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// lineage_confidence = "STRING"
// ///
MATCH (model:Model)
WHERE model.license_family IN $families
  AND model.upstream_terms IS NOT NULL
  AND model.status IN ['listed', 'internal']
  AND any(term IN model.upstream_terms WHERE split(term, ':')[0] IN $terms)
  AND coalesce(model.downloads, 0) >= $min_downloads
  AND NOT EXISTS {
    MATCH (model)-[:UNDER_LICENSE]->(license:License)
    WHERE NOT license.commercial_use IN ['yes', 'conditional']
  }
MATCH way = (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{1,40}(ancestor:Model)
WHERE ancestor <> model
WITH model, ancestor, min(length(way)) AS hops
WHERE hops <= $max_hops
WITH ancestor, collect({node: model, hops: hops}) AS models
WITH
  ancestor,
  models,
  COLLECT { MATCH (ancestor)-[:UNDER_LICENSE]->(license:License) RETURN license ORDER BY license.id } AS licenses
// A model under several licences leaves the choice open, so only what all of them ask is known.
WITH
  ancestor,
  models,
  licenses,
  [
    term IN head(licenses).terms
    WHERE split(term, ':')[0] IN $terms AND all(license IN licenses WHERE term IN license.terms)
  ] AS terms
WHERE size(terms) > 0
UNWIND models AS pair
WITH pair.node AS model, pair.hops AS hops, ancestor, licenses, terms
ORDER BY hops, ancestor.id
WITH model, head(collect({node: ancestor, hops: hops, licenses: licenses, terms: terms})) AS nearest
WITH model, nearest, nearest.node AS ancestor
ORDER BY model.descendant_count DESC, model.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
RETURN
  model.id AS model,
  COLLECT {
    MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS licenses,
  ancestor.id AS ancestor,
  nearest.hops AS hops,
  nearest.terms AS terms,
  [license IN nearest.licenses | license.id] AS ancestor_licenses,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path,
  model.label_verdict AS label_verdict,
  model.label_reasons AS label_reasons,
  model.upstream_complete AS upstream_complete,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads,
  model.lineage_confidence AS lineage_confidence
ORDER BY descendant_count DESC, model
