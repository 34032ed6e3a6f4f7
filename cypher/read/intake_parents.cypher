// The derivations of a model in declared order, each with what its parent declares
MATCH (:Model {id: $id})-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
RETURN
  type(edge) AS relation,
  properties(edge) AS edge,
  properties(parent) AS parent,
  COLLECT { MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  COLLECT { MATCH (parent)-[:IN_LANGUAGE]->(language:Language) RETURN language.id ORDER BY language.id } AS languages,
  COLLECT { MATCH (parent)-[:HAS_TASK]->(task:Task) RETURN task.id ORDER BY task.id } AS tasks
ORDER BY edge.position, parent.id, relation
