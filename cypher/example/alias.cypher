MATCH (alias:Alias)<-[:ALSO_KNOWN_AS]-(model:Model)
RETURN alias.name AS other_name, model.id AS model, alias.since AS since, alias.source AS source
ORDER BY other_name
LIMIT 10
