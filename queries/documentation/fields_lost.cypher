// What a parent states and its child does not
//
// /// query
// audience = "auditor"
// question = "Which models state no licence, no languages, no data sets or no evaluation although a direct parent does?"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent"]
// misses = "Fields that a child states otherwise; it is told of what it does not state at all. An evaluation is a section of the card or results in its metadata, and is told of only where both cards were looked for. What the organisation concluded counts as stated. Parents that no snapshot lists state nothing that anybody knows."
// next = "Take what the parent states as the first answer, and ask the publisher whether it still holds."
// references = ["question D3", "arXiv:2508.06811"]
//
// [params]
// fields = { type = "LIST<STRING>", default = ["license", "languages", "datasets", "evaluation"], choices = ["license", "languages", "datasets", "evaluation"], help = "Fields to compare" }
// min_fields = { type = "INTEGER", default = 1, range = [1, 4], help = "Fewest of them that are lost" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most fields first, then most descendants" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// fields_lost = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// child_score = "INTEGER"
// parent_score = "INTEGER"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
MATCH (parent:Model)
WHERE parent.child_count > 0 AND parent.status <> 'missing'
WITH
  parent,
  'datasets' IN $fields AND EXISTS { (parent)-[:TRAINED_ON]->(:Dataset) } AS names_data,
  'evaluation' IN $fields
    AND any(section IN parent.card_sections WHERE section IN ['evaluation', 'evaluation_results']) AS evaluates
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WHERE type(edge) IN $relations
  AND child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
WITH
  edge,
  child,
  parent,
  [
    field IN [
      CASE WHEN 'license' IN $fields AND edge.license_change = 'dropped' THEN 'license' END,
      CASE WHEN 'languages' IN $fields AND edge.language_change = 'dropped' THEN 'languages' END,
      CASE WHEN names_data AND NOT EXISTS { (child)-[:TRAINED_ON]->(:Dataset) } THEN 'datasets' END,
      CASE
        WHEN evaluates
          AND child.card_length IS NOT NULL
          AND NOT any(
            section IN coalesce(child.card_sections, []) WHERE section IN ['evaluation', 'evaluation_results']
          ) THEN 'evaluation'
      END
    ]
    WHERE field IS NOT NULL
  ] AS fields_lost
WHERE size(fields_lost) >= $min_fields
WITH edge, child, parent, fields_lost
ORDER BY size(fields_lost) DESC, child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  fields_lost,
  child.author = parent.author AS same_publisher,
  child.documentation_score AS child_score,
  parent.documentation_score AS parent_score,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY size(fields_lost) DESC, descendant_count DESC, child, relation, parent
