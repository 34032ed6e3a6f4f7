MATCH (model:Model)
WHERE model.id_lower STARTS WITH toLower($beginning)
RETURN model.id AS id
ORDER BY model.id_lower, id
LIMIT $limit
