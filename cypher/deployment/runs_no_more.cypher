UNWIND $rows AS row
MATCH (:Deployment {id: row.id})-[runs:RUNS]->(model:Model)
WHERE NOT model.id IN row.models
DELETE runs
