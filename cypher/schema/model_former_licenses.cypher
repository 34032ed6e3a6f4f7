CREATE INDEX model_former_licenses IF NOT EXISTS
FOR (model:Model)
ON (model.former_licenses)
