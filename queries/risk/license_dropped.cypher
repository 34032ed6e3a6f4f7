// Models without a licence under a licensed parent
//
// /// query
// audience = "auditor"
// question = "Which models state no licence although a direct parent states one?"
// severity = "medium"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Silence further down; a licence in a file that the card does not name; licences of data sets. The terms are those that some licence of the parent asks. Parents of every status count."
// next = "Without a licence nobody may use more than the law allows: ask the publisher to state one that carries the parent's terms."
// references = ["question L5", "arXiv:2508.06811"]
//
// [params]
// terms = { type = "LIST<STRING>", default = [], choices = ["noncommercial", "computational_use_only", "commercial_use_conditional", "no_derivatives", "share_alike", "use_restrictions", "agreement", "name_prefix", "outputs_no_other_models", "territory"], help = "Terms of which the parent asks one, whatever stands after their colon; none: all parents" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// parent_licenses = "LIST<STRING>"
// terms = "LIST<STRING>"
// license_verdict = "STRING"
// license_reasons = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.license_change = 'dropped'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.license_change = 'dropped'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.license_change = 'dropped'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.license_change = 'dropped'
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.license_change = 'dropped'
  RETURN edge
}
WITH edge, startNode(edge) AS child, endNode(edge) AS parent
WHERE child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
  AND (
    size($terms) = 0
    OR EXISTS {
      MATCH (parent)-[:UNDER_LICENSE]->(license:License)
      WHERE any(term IN license.terms WHERE split(term, ':')[0] IN $terms)
    }
  )
WITH edge, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  COLLECT {
    MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS parent_licenses,
  COLLECT {
    MATCH (parent)-[:UNDER_LICENSE]->(license:License)
    UNWIND license.terms AS term
    RETURN DISTINCT term ORDER BY term
  } AS terms,
  edge.license_verdict AS license_verdict,
  edge.license_reasons AS license_reasons,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
