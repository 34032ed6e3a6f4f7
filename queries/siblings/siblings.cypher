// Siblings of a model
//
// /// query
// audience = "analyst"
// question = "Which models were made from the same parent as this model, and by which relation?"
// statuses = ["listed", "internal"]
// key = ["model", "sibling", "parent"]
// misses = "Siblings that do not name the parent. Whoever shares two parents with the model is told for each. Parents of every status count."
// references = ["question B1"]
//
// [params]
// model = { type = "STRING", default = "quietloom/Kestrel-7B-Fables", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations of the siblings to the parent" }
// same_relation = { type = "BOOLEAN", default = false, help = "Only siblings that have a relation to the parent which the model has too" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most downloads first" }
//
// [columns]
// model = "STRING"
// sibling = "STRING"
// parent = "STRING"
// relations = "LIST<STRING>"
// own_relations = "LIST<STRING>"
// licenses = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH (model)-[own:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WHERE parent <> model
WITH model, parent, type(own) AS own_relation
ORDER BY own_relation
WITH model, parent, collect(own_relation) AS own_relations
MATCH (sibling:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->(parent)
WHERE sibling <> model
  AND sibling <> parent
  AND sibling.status IN ['listed', 'internal']
  AND (NOT $same_relation OR type(edge) IN own_relations)
WITH DISTINCT model, parent, own_relations, sibling
ORDER BY model.id, coalesce(sibling.downloads, 0) DESC, sibling.id, parent.id
LIMIT $limit
RETURN
  model.id AS model,
  sibling.id AS sibling,
  parent.id AS parent,
  COLLECT {
    MATCH (sibling)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
    RETURN type(edge) AS relation ORDER BY relation
  } AS relations,
  own_relations,
  COLLECT { MATCH (sibling)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  sibling.descendant_count AS descendant_count,
  sibling.downloads AS downloads,
  sibling.created_at AS created_at
ORDER BY model, coalesce(downloads, 0) DESC, sibling, parent
