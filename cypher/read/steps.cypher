// Every derivation step that leaves one of these models
UNWIND $ids AS id
MATCH (child:Model {id: id})-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
RETURN
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.license_change AS license_change,
  edge.license_verdict AS license_verdict,
  edge.license_reasons AS license_reasons,
  edge.confidence AS confidence,
  edge.evidence AS evidence,
  edge.in_cycle AS in_cycle
ORDER BY child, parent, relation
