// Adapters on quantized models
//
// /// query
// audience = "auditor"
// question = "Which adapters name a quantized version as their base, and what was that quantized from?"
// statuses = ["listed", "internal"]
// key = ["adapter", "base"]
// misses = "Adapters trained on a quantized version whose card names the original. Where sources is empty, the base declares no parent, and only its name, tags or files say that it is quantized: base_hints. Bases and sources of every status count."
// references = ["question Q5"]
//
// [params]
// hints = { type = "LIST<STRING>", default = ["format:gguf", "format:mlx", "name:4bit", "name:8bit", "name:autoround", "name:awq", "name:bnb", "name:exl2", "name:exl3", "name:fp4", "name:fp8", "name:gguf", "name:gptq", "name:int4", "name:mlx", "name:mxfp4", "name:nf4", "name:nvfp4", "name:quantized", "tag:4-bit", "tag:4bit", "tag:auto-round", "tag:autoround", "tag:awq", "tag:bitsandbytes", "tag:compressed-tensors", "tag:executorch", "tag:exl2", "tag:exl3", "tag:gptq", "tag:hqq", "tag:imatrix", "tag:int4", "tag:modelopt", "tag:mxfp4", "tag:nf4", "tag:nvfp4", "tag:quantized"], help = "What says that a base without declared parents is quantized; none: only bases declared as quantized" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of an adapter that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most downloads first" }
//
// [columns]
// adapter = "STRING"
// base = "STRING"
// sources = "LIST<STRING>"
// base_hints = "LIST<STRING>"
// base_formats = "LIST<STRING>"
// base_status = "STRING"
// adapter_licenses = "LIST<STRING>"
// base_licenses = "LIST<STRING>"
// source_licenses = "LIST<STRING>"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
MATCH (base:Model)
WHERE base.child_count > 0
  AND (
    EXISTS { MATCH (base)-[:QUANTIZATION_OF]->(source:Model) WHERE source <> base }
    OR base.generation_max = 0 AND any(hint IN base.parent_hints WHERE hint IN $hints)
  )
MATCH (adapter:Model)-[edge:ADAPTER_OF]->(base)
WHERE adapter <> base
  AND adapter.status IN ['listed', 'internal']
  AND coalesce(adapter.downloads, 0) >= $min_downloads
WITH edge, adapter, base
ORDER BY coalesce(adapter.downloads, 0) DESC, adapter.id, base.id
LIMIT $limit
RETURN
  adapter.id AS adapter,
  base.id AS base,
  COLLECT {
    MATCH (base)-[:QUANTIZATION_OF]->(source:Model)
    WHERE source <> base
    RETURN source.id ORDER BY source.id
  } AS sources,
  base.parent_hints AS base_hints,
  base.formats AS base_formats,
  base.status AS base_status,
  COLLECT {
    MATCH (adapter)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS adapter_licenses,
  COLLECT {
    MATCH (base)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS base_licenses,
  COLLECT {
    MATCH (base)-[:QUANTIZATION_OF]->(source:Model)-[:UNDER_LICENSE]->(license:License)
    WHERE source <> base
    RETURN DISTINCT license.id ORDER BY license.id
  } AS source_licenses,
  adapter.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY coalesce(downloads, 0) DESC, adapter, base
