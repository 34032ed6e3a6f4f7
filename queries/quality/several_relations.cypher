// One parent under several relations
//
// /// query
// audience = "auditor"
// question = "Which models name one parent under several relations, and where is each declared?"
// statuses = ["listed", "removed", "internal"]
// key = ["child", "parent"]
// misses = "Which of the relations is right. A parent named once with and once without a relation is one edge and not here."
// next = "Ask the publisher how the child was made: terms differ by relation."
// references = ["question X5"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// parent = "STRING"
// relations = "LIST<STRING>"
// evidence = "LIST<STRING>"
// child_formats = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WITH child, parent, count(*) AS relations
WHERE relations > 1
WITH child, parent
ORDER BY child.descendant_count DESC, child.id, parent.id
LIMIT $limit
MATCH (child)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WITH child, parent, edge
ORDER BY type(edge)
WITH
  child,
  parent,
  collect(type(edge)) AS relations,
  collect(reduce(told = type(edge) + ':', where IN edge.evidence | told + ' ' + where)) AS evidence
RETURN
  child.id AS child,
  parent.id AS parent,
  relations,
  evidence,
  child.formats AS child_formats,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads
ORDER BY descendant_count DESC, child, parent
