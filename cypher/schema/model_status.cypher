CREATE INDEX model_status IF NOT EXISTS
FOR (model:Model)
ON (model.status)
