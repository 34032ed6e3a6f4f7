CREATE INDEX model_profile IF NOT EXISTS
FOR (model:Model)
ON (model.profile)
