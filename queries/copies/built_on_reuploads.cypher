// Models built on re-uploads
//
// /// query
// audience = "auditor"
// question = "Which models that others build on look like re-uploads of a model of the same name by another publisher, by what sign, and how much is built on them?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["reupload"]
// misses = "Re-uploads under another name, and of models that nobody builds on; weights are never compared. Two models may share a name by chance, the more so where no size is known. Of several likely originals the one with the surest sign is told, else the oldest. Where nothing tells which of two came first, each is told as a re-upload of the other: undecidable."
// next = "Build on the original where you can: what the copy changed, or may be changed to, nobody tells."
// references = ["question Q6"]
//
// [params]
// signs = { type = "LIST<STRING>", default = ["declared", "hinted", "younger", "account", "undecidable"], choices = ["declared", "hinted", "younger", "account", "undecidable"], help = "declared: it names the original as its parent. Else it names no parents or just those of the original, its size is not known to be another, and hinted: only its name, tags or files point to a parent; younger: it was created later; account: no dates, but its account declares other re-uploads; undecidable: none of these" }
// min_descendants = { type = "INTEGER", default = 1, help = "Fewest models that descend from the re-upload" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// reupload = "STRING"
// original = "STRING"
// sign = "STRING"
// relations = "LIST<STRING>"
// hints = "LIST<STRING>"
// same_size = "BOOLEAN"
// child_count = "INTEGER"
// descendant_count = "INTEGER"
// original_child_count = "INTEGER"
// reupload_licenses = "LIST<STRING>"
// original_licenses = "LIST<STRING>"
// reupload_created_at = "ZONED DATETIME"
// original_created_at = "ZONED DATETIME"
// reupload_status = "STRING"
// original_status = "STRING"
// ///
MATCH (model:Model)
WHERE model.child_count > 0
WITH toLower(model.name) AS name, collect(model) AS namesakes
WHERE size(namesakes) > 1
UNWIND namesakes AS reupload
UNWIND namesakes AS original
WITH reupload, original
WHERE toLower(reupload.author) <> toLower(original.author)
  AND NOT EXISTS { (original)-[:FINETUNE_OF|QUANTIZATION_OF|BASED_ON]->(reupload) }
WITH
  reupload,
  original,
  COLLECT {
    MATCH (reupload)-[edge:FINETUNE_OF|QUANTIZATION_OF|BASED_ON]->(original)
    RETURN type(edge) AS relation ORDER BY relation
  } AS relations,
  COLLECT {
    MATCH (reupload)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    RETURN [type(edge), parent.id] AS step ORDER BY step
  } AS steps,
  COLLECT {
    MATCH (original)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    RETURN [type(edge), parent.id] AS step ORDER BY step
  } AS original_steps
WITH
  reupload,
  original,
  relations,
  CASE
    WHEN size(relations) > 0 THEN 'declared'
    WHEN size(steps) > 0 AND steps <> original_steps THEN 'no'
    WHEN reupload.parameters <> original.parameters THEN 'no'
    WHEN reupload.parent_hints IS NOT NULL AND original.parent_hints IS NULL THEN 'hinted'
    WHEN reupload.parent_hints IS NULL AND original.parent_hints IS NOT NULL THEN 'no'
    WHEN reupload.created_at > original.created_at THEN 'younger'
    WHEN reupload.created_at < original.created_at THEN 'no'
    ELSE 'undecidable'
  END AS sign
WHERE sign <> 'no'
WITH collect({
    reupload: reupload,
    original: original,
    relations: relations,
    sign: sign
  }) AS pairs
WITH pairs, [pair IN pairs WHERE pair.sign = 'declared' | toLower(pair.reupload.author)] AS accounts
UNWIND pairs AS pair
WITH
  pair.reupload AS reupload,
  pair.original AS original,
  pair.relations AS relations,
  CASE
    WHEN pair.sign <> 'undecidable' THEN pair.sign
    WHEN toLower(pair.original.author) IN accounts = (toLower(pair.reupload.author) IN accounts) THEN 'undecidable'
    WHEN toLower(pair.reupload.author) IN accounts THEN 'account'
    ELSE 'no'
  END AS sign
WHERE sign IN $signs AND reupload.descendant_count >= $min_descendants
WITH reupload, original, relations, sign
ORDER BY
  CASE sign
    WHEN 'declared' THEN 0
    WHEN 'hinted' THEN 1
    WHEN 'younger' THEN 2
    WHEN 'account' THEN 3
    ELSE 4
  END,
  original.created_at,
  original.id
WITH reupload, collect({original: original, relations: relations, sign: sign})[0] AS likely
ORDER BY reupload.descendant_count DESC, reupload.id
LIMIT $limit
WITH reupload, likely.original AS original, likely.relations AS relations, likely.sign AS sign
RETURN
  reupload.id AS reupload,
  original.id AS original,
  sign,
  relations,
  reupload.parent_hints AS hints,
  reupload.parameters = original.parameters AS same_size,
  reupload.child_count AS child_count,
  reupload.descendant_count AS descendant_count,
  original.child_count AS original_child_count,
  COLLECT {
    MATCH (reupload)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS reupload_licenses,
  COLLECT {
    MATCH (original)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS original_licenses,
  reupload.created_at AS reupload_created_at,
  original.created_at AS original_created_at,
  reupload.status AS reupload_status,
  original.status AS original_status
ORDER BY descendant_count DESC, reupload
