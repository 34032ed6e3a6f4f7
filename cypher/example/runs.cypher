MATCH (deployment:Deployment)-[runs:RUNS]->(model:Model)
WHERE model.label_verdict IN ['conflict', 'undecidable'] OR model.status IN ['removed', 'missing']
RETURN deployment.name AS deployment, model.id AS model, model.status AS status, runs.revision AS revision
ORDER BY deployment, model
