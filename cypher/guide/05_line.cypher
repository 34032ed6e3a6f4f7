// Which is the longest line from a model up to a root, and which licences stand along it?
// A step leads one generation up. A pattern of variable length has an upper bound, {1,40}: there are cycles.
MATCH (family:Family)
WITH family
ORDER BY family.generations DESC, family.model_count
LIMIT 1
MATCH (family)<-[:IN_FAMILY]-(last:Model)
WITH last
ORDER BY last.generation_max DESC
LIMIT 1
MATCH line = SHORTEST 1
  (last)
  ((child:Model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    WHERE child.generation_max <= parent.generation_max + 1){1,40}
  (root:Model WHERE root.generation_max = 0)
UNWIND nodes(line) AS model
OPTIONAL MATCH label = (model)-[:UNDER_LICENSE]->(:License)
RETURN line, label
