// Permissive models with a restricted ancestor
//
// /// query
// audience = "auditor"
// question = "Which models declare a permissive licence although an ancestor, at any distance, is under terms that restrict it?"
// severity = "high"
// statuses = ["listed", "internal"]
// key = ["descendant", "ancestor"]
// misses = "Parents that nobody declared; ancestors in no snapshot or under a licence whose text is not in the table; descendants that declare several licences of different families; licences of data sets. Ancestors of every status count. Where several paths are shortest, one of them is shown."
// next = "Use the model under the ancestor's terms, or take one without that ancestor; ask the publisher to correct the label. With permission in writing, record it with `studbook review add`."
// references = ["question L1", "arXiv:2508.06811"]
//
// [params]
// terms = { type = "LIST<STRING>", default = ["noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "use_restrictions", "agreement", "name_prefix", "outputs_no_other_models", "territory"], choices = ["noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "share_alike", "use_restrictions", "agreement", "name_prefix", "outputs_no_other_models", "territory"], help = "Terms that count as restrictions, whatever stands after their colon" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go up" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// descendant = "STRING"
// ancestor = "STRING"
// hops = "INTEGER"
// terms = "LIST<STRING>"
// descendant_licenses = "LIST<STRING>"
// ancestor_licenses = "LIST<STRING>"
// relations = "LIST<STRING>"
// path = "LIST<STRING>"
// label_verdict = "STRING"
// label_reasons = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// lineage_confidence = "STRING"
// ///
MATCH (descendant:Model)
WHERE descendant.license_family = 'permissive'
  AND descendant.upstream_terms IS NOT NULL
  AND descendant.status IN ['listed', 'internal']
  AND coalesce(descendant.downloads, 0) >= $min_downloads
  AND any(term IN descendant.upstream_terms WHERE split(term, ':')[0] IN $terms)
MATCH path = (descendant)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{1,40}(ancestor:Model)
WHERE ancestor <> descendant
WITH descendant, ancestor, min(length(path)) AS hops
WHERE hops <= $max_hops
WITH ancestor, collect({node: descendant, hops: hops}) AS descendants
WITH
  ancestor,
  descendants,
  COLLECT { MATCH (ancestor)-[:UNDER_LICENSE]->(license:License) RETURN license ORDER BY license.id } AS licenses
// A model under several licences leaves the choice open, so only what all of them ask is known.
WITH
  ancestor,
  descendants,
  licenses,
  [
    term IN head(licenses).terms
    WHERE split(term, ':')[0] IN $terms AND all(license IN licenses WHERE term IN license.terms)
  ] AS terms
WHERE size(terms) > 0
UNWIND descendants AS pair
WITH pair.node AS descendant, ancestor, pair.hops AS hops, terms, licenses
ORDER BY descendant.descendant_count DESC, descendant.id, hops, ancestor.id
LIMIT $limit
// `*1..40` and not `{1,40}`, with which Neo4j 5.26 takes ten times as long for a path.
MATCH ANY SHORTEST (
  path = (descendant)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..40]->(ancestor)
  WHERE all(edge IN relationships(path) WHERE type(edge) IN $relations)
)
RETURN
  descendant.id AS descendant,
  ancestor.id AS ancestor,
  hops,
  terms,
  COLLECT {
    MATCH (descendant)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS descendant_licenses,
  [license IN licenses | license.id] AS ancestor_licenses,
  [edge IN relationships(path) | type(edge)] AS relations,
  [node IN nodes(path) | node.id] AS path,
  descendant.label_verdict AS label_verdict,
  descendant.label_reasons AS label_reasons,
  descendant.descendant_count AS descendant_count,
  descendant.downloads AS downloads,
  descendant.lineage_confidence AS lineage_confidence
ORDER BY descendant_count DESC, descendant, hops, ancestor
