MATCH (model:Model)-[:ALSO_KNOWN_AS]->(:Alias {id_lower: toLower('gpt2')})
RETURN model.id AS model
