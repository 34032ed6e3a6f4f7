// Which change is of which model
MATCH (change:Change)-[:OF]->(model:Model)
RETURN collect([change.id, model.id]) AS rows
