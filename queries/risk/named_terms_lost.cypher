// Named terms that the label does not show
//
// /// query
// audience = "auditor"
// question = "Which models descend from a model under a named agreement or list of use restrictions and show nothing of the kind?"
// severity = "high"
// statuses = ["listed", "internal"]
// key = ["model", "license"]
// misses = "Models that state no licence; parents that nobody declared; ancestors in no snapshot; an agreement or notice that lies in the repository; licences of data sets. Of the ancestors under one licence the nearest is shown. Ancestors of every status count."
// next = "Pass on the ancestor's agreement, notices and list of uses with the model, as `studbook license show` tells, and ask the publisher to name them."
// references = ["question L11"]
//
// [params]
// terms = { type = "LIST<STRING>", default = ["use_restrictions", "agreement"], choices = ["noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "share_alike", "use_restrictions", "agreement", "name_prefix", "outputs_no_other_models", "territory"], help = "Terms of which the ancestor asks one and the model none, whatever stands after their colon" }
// families = { type = "LIST<STRING>", default = ["permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "no_derivatives"], choices = ["permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "use_restricted", "vendor_community", "no_derivatives"], help = "Families of licences to look at" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// model = "STRING"
// license = "STRING"
// licenses = "LIST<STRING>"
// ancestor = "STRING"
// hops = "INTEGER"
// terms = "LIST<STRING>"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// label_verdict = "STRING"
// label_reasons = "LIST<STRING>"
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
    WHERE any(term IN license.terms WHERE split(term, ':')[0] IN $terms)
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
// A model under several licences leaves the choice open, so all of them must ask something of the kind.
WHERE size(licenses) > 0
  AND all(license IN licenses WHERE any(term IN license.terms WHERE split(term, ':')[0] IN $terms))
UNWIND models AS pair
UNWIND licenses AS license
WITH pair.node AS model, license, pair.hops AS hops, ancestor
ORDER BY hops, ancestor.id
WITH model, license, head(collect({node: ancestor, hops: hops})) AS nearest
WITH model, license, nearest.hops AS hops, nearest.node AS ancestor
ORDER BY model.descendant_count DESC, model.id, license.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
RETURN
  model.id AS model,
  license.id AS license,
  COLLECT {
    MATCH (model)-[:UNDER_LICENSE]->(own:License) RETURN own.id ORDER BY own.id
  } AS licenses,
  ancestor.id AS ancestor,
  hops,
  [term IN license.terms WHERE split(term, ':')[0] IN $terms] AS terms,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path,
  model.label_verdict AS label_verdict,
  model.label_reasons AS label_reasons,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads,
  model.lineage_confidence AS lineage_confidence
ORDER BY descendant_count DESC, model, license
