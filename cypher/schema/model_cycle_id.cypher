CREATE INDEX model_cycle_id IF NOT EXISTS
FOR (model:Model)
ON (model.cycle_id)
