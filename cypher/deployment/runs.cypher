// What they run; `hub_id` stays what it was when their use was approved
UNWIND $rows AS row
MATCH (deployment:Deployment {id: row.deployment})
MATCH (model:Model {id: row.model})
MERGE (deployment)-[runs:RUNS]->(model)
ON CREATE SET runs.hub_id = model.hub_id
SET
  runs.revision = row.revision,
  runs.declared_as = row.declared_as,
  runs.hub_id = CASE WHEN row.approved_anew THEN model.hub_id ELSE runs.hub_id END
