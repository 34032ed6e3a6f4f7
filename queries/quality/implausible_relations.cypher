// Relations that do not fit the files
//
// /// query
// audience = "auditor"
// question = "Which models declare a relation to their parent that their files or their size speak against?"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent", "reason"]
// misses = "Files that no tag names, sizes that the Hub does not count, and parents of unknown size: most adapters state none. A conversion of an own fine-tune may rightly name what it was fine-tuned from. Parents of every status count."
// next = "Look at the files: what a licence asks of a copy is another thing than of a finetune."
// references = ["question X10"]
//
// [params]
// reasons = { type = "LIST<STRING>", default = ["converted_files", "full_size", "far_smaller"], choices = ["converted_files", "full_size", "far_smaller"], help = "converted_files: a fine-tune or merge of which there are only files that weights are converted to; full_size: an adapter of at least half the size of its parent, which is no adapter; far_smaller: a fine-tune of less than a tenth of it" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// reason = "STRING"
// formats = "LIST<STRING>"
// library = "STRING"
// parameters = "INTEGER"
// parent_parameters = "INTEGER"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
CALL () {
  MATCH (child:Model)-[edge:FINETUNE_OF|MERGE_OF]->(:Model)
  WHERE 'converted_files' IN $reasons
    AND all(format IN child.formats WHERE format IN ['coreml', 'ggml', 'gguf', 'onnx', 'openvino', 'tflite'])
  RETURN edge, 'converted_files' AS reason
  UNION ALL
  MATCH (child:Model)-[edge:ADAPTER_OF]->(parent:Model)
  WHERE 'full_size' IN $reasons
    AND child.parameters * 2 >= parent.parameters
    AND NOT EXISTS { (parent)-[:ADAPTER_OF]->(:Model) }
  RETURN edge, 'full_size' AS reason
  UNION ALL
  MATCH (child:Model)-[edge:FINETUNE_OF]->(parent:Model)
  WHERE 'far_smaller' IN $reasons AND child.parameters * 10 < parent.parameters
  RETURN edge, 'far_smaller' AS reason
}
WITH edge, reason, startNode(edge) AS child, endNode(edge) AS parent
WHERE child <> parent
  AND child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
WITH edge, reason, child, parent
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id, reason
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  reason,
  child.formats AS formats,
  COLLECT { MATCH (child)-[:USES_LIBRARY]->(library:Library) RETURN library.id }[0] AS library,
  child.parameters AS parameters,
  parent.parameters AS parent_parameters,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent, reason
