// Where a restriction disappears first
//
// /// query
// audience = "auditor"
// question = "At which steps does a term of the parent vanish from the label for the first time in its line, and who published that model?"
// severity = "high"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Terms that come back below and are lost again; steps to a licence whose text is not in the table; licences of data sets. Of a model under several licences only what all of them ask counts. The steps of a circle hide no other. Parents of every status count."
// next = "Ask this publisher first: a corrected label here answers for every model below."
// references = ["question L4"]
//
// [params]
// terms = { type = "LIST<STRING>", default = ["noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "use_restrictions", "agreement", "name_prefix", "outputs_no_other_models", "territory"], choices = ["noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "share_alike", "use_restrictions", "agreement", "name_prefix", "outputs_no_other_models", "territory"], help = "Terms to look for, whatever stands after their colon" }
// changes = { type = "LIST<STRING>", default = ["loosened", "changed", "dropped"], choices = ["kept", "loosened", "tightened", "changed", "dropped", "added", "unknown"], help = "What became of the terms; dropped: the child states no licence" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// publisher = "STRING"
// terms = "LIST<STRING>"
// license_change = "STRING"
// license_verdict = "STRING"
// license_reasons = "LIST<STRING>"
// child_licenses = "LIST<STRING>"
// parent_licenses = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
MATCH (license:License)
WHERE any(term IN license.terms WHERE split(term, ':')[0] IN $terms)
MATCH (parent:Model)-[:UNDER_LICENSE]->(license)
WHERE parent.child_count > 0
WITH DISTINCT parent
WITH
  parent,
  COLLECT { MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license ORDER BY license.id } AS parent_licenses
WITH
  parent,
  parent_licenses,
  [
    term IN head(parent_licenses).terms
    WHERE split(term, ':')[0] IN $terms AND all(license IN parent_licenses WHERE term IN license.terms)
  ] AS asked
WHERE size(asked) > 0
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WHERE type(edge) IN $relations
  AND edge.license_change IN $changes
  AND child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
WITH
  edge,
  child,
  parent,
  parent_licenses,
  asked,
  COLLECT { MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license ORDER BY license.id } AS child_licenses
WITH
  edge,
  child,
  parent,
  parent_licenses,
  child_licenses,
  [term IN asked WHERE none(license IN child_licenses WHERE term IN license.terms)] AS lost
WHERE size(lost) > 0
// What no ancestor of the parent asks cannot have been lost above it.
CALL (parent, lost) {
  WITH parent, [term IN lost WHERE term IN parent.upstream_terms] AS suspects
  WHERE size(suspects) > 0
  MATCH path = (parent)-[above:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(above) IN $relations]->{0,40}(lower:Model)
  WITH lower, suspects, min(length(path)) AS hops
  MATCH (lower)-[step:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(upper:Model)
  WHERE type(step) IN $relations AND NOT step.in_cycle
  UNWIND suspects AS term
  WITH lower, upper, term
  WHERE EXISTS { (upper)-[:UNDER_LICENSE]->(:License) }
    AND NOT EXISTS {
      MATCH (upper)-[:UNDER_LICENSE]->(license:License)
      WHERE NOT coalesce(term IN license.terms, false)
    }
    AND NOT EXISTS {
      MATCH (lower)-[:UNDER_LICENSE]->(license:License)
      WHERE coalesce(term IN license.terms, true)
    }
  RETURN collect(DISTINCT term) AS lost_above
}
WITH edge, child, parent, parent_licenses, child_licenses, [term IN lost WHERE NOT term IN lost_above] AS terms
WHERE size(terms) > 0
WITH edge, child, parent, parent_licenses, child_licenses, terms
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  child.author AS publisher,
  terms,
  edge.license_change AS license_change,
  edge.license_verdict AS license_verdict,
  edge.license_reasons AS license_reasons,
  [license IN child_licenses | license.id] AS child_licenses,
  [license IN parent_licenses | license.id] AS parent_licenses,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
