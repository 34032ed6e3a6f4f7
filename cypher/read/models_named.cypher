// The models that names mean: the one spelt so, else those in another letter case, else the one once called so
UNWIND $names AS name
OPTIONAL MATCH (:Alias {id_lower: toLower(name)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower(name))})
WHERE model.id = name OR NOT EXISTS { (:Model {id: name}) }
RETURN name, model.id AS id, model.status AS status
ORDER BY name, id
