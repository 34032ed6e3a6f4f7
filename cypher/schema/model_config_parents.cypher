CREATE INDEX model_config_parents IF NOT EXISTS
FOR (model:Model)
ON (model.config_parents)
