// Steps to another version of one licence
//
// /// query
// audience = "auditor"
// question = "Which models name another version of the licence of a direct parent?"
// severity = "medium"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent", "child_license", "parent_license"]
// misses = "Versions that are not a number at the end of the licence's name; families named without a version; licences of data sets. Parents of every status count."
// next = "Compare the two versions: the one that the parent was given under is the one that binds."
// references = ["question L14"]
//
// [params]
// changes = { type = "LIST<STRING>", default = ["loosened", "tightened", "changed", "kept", "unknown"], choices = ["kept", "loosened", "tightened", "changed", "dropped", "added", "unknown"], help = "What became of the terms; kept: both versions ask the same" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// child_license = "STRING"
// parent_license = "STRING"
// license_change = "STRING"
// license_verdict = "STRING"
// license_reasons = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// days_after_parent = "INTEGER"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
MATCH (license:License)
// `llama3.1` is `llama` in version `3.1`: the digits and points at the end.
WITH license, reduce(
    parts = ['', ''],
    sign IN split(license.id, '') |
    CASE
      WHEN sign IN split('0123456789.', '') THEN [parts[0], parts[1] + sign]
      ELSE [parts[0] + parts[1] + sign, '']
    END
  ) AS parts
WHERE parts[1] <> ''
WITH parts[0] AS stem, collect(license) AS versions
WHERE size(versions) > 1
UNWIND versions AS child_license
MATCH (child:Model)-[:UNDER_LICENSE]->(child_license)
WHERE child.generation_max > 0
  AND child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
MATCH (child)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WHERE type(edge) IN $relations AND edge.license_change IN $changes
MATCH (parent)-[:UNDER_LICENSE]->(parent_license:License)
WHERE parent_license IN versions AND parent_license <> child_license
WITH edge, child, parent, child_license, parent_license
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id, child_license.id, parent_license.id
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  child_license.id AS child_license,
  parent_license.id AS parent_license,
  edge.license_change AS license_change,
  edge.license_verdict AS license_verdict,
  edge.license_reasons AS license_reasons,
  child.author = parent.author AS same_publisher,
  edge.days_after_parent AS days_after_parent,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent, child_license, parent_license
