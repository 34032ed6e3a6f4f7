// Ids of models by any name they go by, in any letter case
UNWIND $names AS name
OPTIONAL MATCH (:Alias {id_lower: toLower(name)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower(name))})
RETURN DISTINCT name, model.id AS id
ORDER BY name, id
