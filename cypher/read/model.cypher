// A model with everything that it declares
MATCH (model:Model {id: $id})
RETURN
  properties(model) AS properties,
  COLLECT {
    MATCH (model)-[edge:UNDER_LICENSE]->(license:License)
    RETURN [license.id, license.name, license.spdx_id, edge.evidence, edge.declared_as] ORDER BY license.id
  } AS licenses,
  COLLECT { MATCH (model)-[:IN_LANGUAGE]->(language:Language) RETURN language.id ORDER BY language.id } AS languages,
  COLLECT { MATCH (model)-[:HAS_TASK]->(task:Task) RETURN task.id ORDER BY task.id } AS tasks,
  COLLECT { MATCH (model)-[:USES_LIBRARY]->(library:Library) RETURN library.id ORDER BY library.id } AS libraries,
  COLLECT { MATCH (model)-[:TRAINED_ON]->(dataset:Dataset) RETURN dataset.id ORDER BY dataset.id } AS datasets,
  COLLECT { MATCH (model)-[:CITES]->(paper:Paper) RETURN paper.id ORDER BY paper.id } AS papers,
  COLLECT { MATCH (model)-[:ALSO_KNOWN_AS]->(alias:Alias) RETURN alias.name ORDER BY alias.name } AS aliases,
  COLLECT { MATCH (model)-[:IN_FAMILY]->(family:Family) RETURN [family.id, family.model_count] } AS families,
  COLLECT {
    MATCH (model)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]-(child:Model)
    WITH type(edge) AS relation, count(DISTINCT child) AS children
    RETURN [relation, children] ORDER BY children DESC, relation
  } AS children
