CREATE INDEX model_id_lower IF NOT EXISTS
FOR (model:Model)
ON (model.id_lower)
