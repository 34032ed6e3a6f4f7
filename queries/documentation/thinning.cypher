// Cards much shorter than those of their parents
//
// /// query
// audience = "auditor"
// question = "Which models have a card that is only a small part as long as that of a direct parent?"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "What a card says: a short one may say all that differs. A model that has no card at all is as short as can be; one whose card nobody looked for is not told of. Lengths are of the body, without metadata. Parents of every status count."
// next = "Read the parent's card too: what the child leaves out still holds, or was lost."
// references = ["question D1", "arXiv:2508.06811"]
//
// [params]
// share = { type = "FLOAT", default = 0.25, help = "Length of the child's card over that of the parent's, below which it is told of" }
// min_parent_length = { type = "INTEGER", default = 500, help = "Fewest characters of the parent's card" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// card_ratio = "FLOAT"
// child_length = "INTEGER"
// parent_length = "INTEGER"
// child_score = "INTEGER"
// parent_score = "INTEGER"
// child_template = "STRING"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.card_ratio < $share
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.card_ratio < $share
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.card_ratio < $share
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.card_ratio < $share
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.card_ratio < $share
  RETURN edge
}
WITH edge, startNode(edge) AS child, endNode(edge) AS parent
WHERE child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
  AND parent.card_length >= $min_parent_length
WITH edge, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.card_ratio AS card_ratio,
  child.card_length AS child_length,
  parent.card_length AS parent_length,
  child.documentation_score AS child_score,
  parent.documentation_score AS parent_score,
  child.card_template AS child_template,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent
