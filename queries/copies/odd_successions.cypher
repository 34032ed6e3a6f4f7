// Odd successions
//
// /// query
// audience = "auditor"
// question = "Which models are fine-tuned from a GGUF, from another quantized version or from an adapter, and which adapters and quantized versions are made from an adapter?"
// statuses = ["listed", "internal"]
// key = ["child", "relation", "parent", "succession"]
// misses = "Odd parents that nobody declared. An odd step may be right: adapters are tuned on, or kept in GGUF. Parents of every status count, but of a missing one nobody knows files and parents."
// next = "Look how the model was made: a step may be declared as another one, or missing."
// references = ["question Q7"]
//
// [params]
// successions = { type = "LIST<STRING>", default = ["finetune_of_gguf", "finetune_of_quantized", "finetune_of_adapter", "adapter_of_adapter", "quantized_adapter"], choices = ["finetune_of_gguf", "finetune_of_quantized", "finetune_of_adapter", "adapter_of_adapter", "quantized_adapter"], help = "finetune_of_gguf: the parent has files in GGUF and none in safetensors or PyTorch; the others go by what the parent is declared as" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most descendants first" }
//
// [columns]
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// succession = "STRING"
// grandparents = "LIST<STRING>"
// child_formats = "LIST<STRING>"
// parent_formats = "LIST<STRING>"
// same_publisher = "BOOLEAN"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// confidence = "STRING"
// evidence = "LIST<STRING>"
// ///
MATCH (parent:Model)
WHERE parent.child_count > 0
WITH
  parent,
  EXISTS { MATCH (parent)-[:ADAPTER_OF]->(base:Model) WHERE base <> parent } AS is_adapter,
  EXISTS { MATCH (parent)-[:QUANTIZATION_OF]->(source:Model) WHERE source <> parent } AS is_quantized,
  coalesce('gguf' IN parent.formats, false)
    AND none(format IN parent.formats WHERE format IN ['safetensors', 'pytorch']) AS is_gguf
WHERE is_adapter OR is_quantized OR is_gguf
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF]->(parent)
WHERE child <> parent
  AND child.status IN ['listed', 'internal']
  AND coalesce(child.downloads, 0) >= $min_downloads
UNWIND
  CASE type(edge)
    WHEN 'FINETUNE_OF'
      THEN [kind IN [
        {name: 'finetune_of_gguf', so: is_gguf},
        {name: 'finetune_of_quantized', so: is_quantized},
        {name: 'finetune_of_adapter', so: is_adapter}
      ] WHERE kind.so | kind.name]
    WHEN 'ADAPTER_OF' THEN [name IN ['adapter_of_adapter'] WHERE is_adapter]
    ELSE [name IN ['quantized_adapter'] WHERE is_adapter]
  END AS succession
WITH edge, child, parent, succession
WHERE succession IN $successions
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id, succession
LIMIT $limit
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  succession,
  COLLECT {
    MATCH (parent)-[:ADAPTER_OF|QUANTIZATION_OF]->(grandparent:Model)
    WHERE grandparent <> parent
    RETURN DISTINCT grandparent.id ORDER BY grandparent.id
  } AS grandparents,
  child.formats AS child_formats,
  parent.formats AS parent_formats,
  child.author = parent.author AS same_publisher,
  child.descendant_count AS descendant_count,
  child.downloads AS downloads,
  edge.confidence AS confidence,
  edge.evidence AS evidence
ORDER BY descendant_count DESC, child, relation, parent, succession
