// The model of that name and the family it is in, if any, with the ids of all of that family's models
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
OPTIONAL MATCH (model)-[:IN_FAMILY]->(family:Family)
RETURN
  model.id AS model,
  family.id AS family,
  COLLECT { MATCH (family)<-[:IN_FAMILY]-(member:Model) RETURN member.id ORDER BY member.id } AS ids
ORDER BY model
LIMIT 1
