// What decisions about models rest on; lists in an order of their own, so that equal facts read equal
UNWIND $ids AS id
MATCH (model:Model {id: id})
RETURN
  model.id AS id,
  model.status AS status,
  model.hub_id AS hub_id,
  model.gated AS gated,
  model.card_hash AS card_hash,
  COLLECT {
    MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS licenses,
  COLLECT {
    MATCH (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    RETURN type(edge) + ' ' + parent.id AS parent
    ORDER BY parent
  } AS parents,
  COLLECT { UNWIND model.upstream_terms AS term RETURN term ORDER BY term } AS upstream_terms,
  model.label_verdict AS label_verdict,
  COLLECT { UNWIND model.label_reasons AS reason RETURN reason ORDER BY reason } AS label_reasons,
  COLLECT {
    MATCH (model)-[:IN_LANGUAGE]->(language:Language) RETURN language.id ORDER BY language.id
  } AS languages,
  COLLECT { MATCH (model)-[:HAS_TASK]->(task:Task) RETURN task.id ORDER BY task.id } AS tasks,
  COLLECT {
    MATCH (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(:Model)-[:IN_LANGUAGE]->(language:Language)
    RETURN DISTINCT language.id AS language
    ORDER BY language
  } AS parent_languages,
  COLLECT {
    MATCH (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(:Model)-[:HAS_TASK]->(task:Task)
    RETURN DISTINCT task.id AS task
    ORDER BY task
  } AS parent_tasks,
  COLLECT {
    MATCH (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    RETURN DISTINCT parent.card_hash AS card
    ORDER BY card
  } AS parent_cards
ORDER BY id
