MATCH (change:Change {field: 'license'})-[:OF]->(model:Model)
RETURN model.id AS model, change.before AS before, change.after AS after, change.as_of AS seen
ORDER BY seen DESC, model
LIMIT 10
