// Derivatives of models that allow none
//
// /// query
// audience = "auditor"
// question = "Which models are made from a model whose licence lets nobody share what was made from it?"
// severity = "high"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Ancestors further up; parents under a second licence that allows derivatives; permission obtained in private; licences of data sets. Whether a conversion is a copy or a derivative needs a person. Parents of every status count."
// next = "Keep the derivative to yourselves or take the original; only the parent's publisher can allow that it is shared."
// references = ["question L10"]
//
// [params]
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// derivatives = "LIST<STRING>"
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
WHERE 'no_derivatives' IN license.terms
MATCH (parent:Model)-[:UNDER_LICENSE]->(license)
WHERE parent.child_count > 0
  AND NOT EXISTS {
    MATCH (parent)-[:UNDER_LICENSE]->(other:License)
    WHERE NOT coalesce('no_derivatives' IN other.terms, false)
  }
WITH DISTINCT parent
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WHERE child <> parent
  AND type(edge) IN $relations
  AND child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
WITH edge, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  COLLECT {
    MATCH (parent)-[:UNDER_LICENSE]->(license:License)
    RETURN DISTINCT license.derivatives ORDER BY license.derivatives
  } AS derivatives,
  edge.license_verdict AS license_verdict,
  edge.license_reasons AS license_reasons,
  COLLECT {
    MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS child_licenses,
  COLLECT {
    MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS parent_licenses,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
