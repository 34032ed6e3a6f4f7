CREATE INDEX model_license_family IF NOT EXISTS
FOR (model:Model)
ON (model.license_family)
