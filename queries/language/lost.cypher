// Languages lost between a parent and its child
//
// /// query
// audience = "analyst"
// question = "Which languages does a parent declare that its child no longer does?"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Children that declare no language at all, or `multilingual`, which may be any. A language that is not declared is not proven gone. Parents of every status count."
// next = "Before you use the child in a lost language, test it in that language, or take the parent."
// references = ["question N1", "arXiv:2508.06811"]
//
// [params]
// languages = { type = "LIST<STRING>", default = [], help = "Languages of which one is lost, as codes of ISO 639; none: any" }
// min_lost = { type = "INTEGER", default = 1, help = "Fewest languages lost" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// language_change = "STRING"
// languages_lost = "LIST<STRING>"
// lost_count = "INTEGER"
// child_languages = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.language_change IN ['narrowed', 'changed']
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.language_change IN ['narrowed', 'changed']
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.language_change IN ['narrowed', 'changed']
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.language_change IN ['narrowed', 'changed']
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.language_change IN ['narrowed', 'changed']
  RETURN edge
}
WITH edge, startNode(edge) AS child, endNode(edge) AS parent
WHERE child.status IN ['listed', 'internal']
  AND size(edge.languages_lost) >= $min_lost
  AND (size($languages) = 0 OR any(language IN edge.languages_lost WHERE language IN $languages))
  AND coalesce(child.downloads, 0) >= $min_downloads
WITH edge, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.language_change AS language_change,
  edge.languages_lost AS languages_lost,
  size(edge.languages_lost) AS lost_count,
  COLLECT {
    MATCH (child)-[:IN_LANGUAGE]->(language:Language) RETURN language.id ORDER BY language.id
  } AS child_languages,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
