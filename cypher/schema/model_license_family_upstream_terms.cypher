CREATE INDEX model_license_family_upstream_terms IF NOT EXISTS
FOR (model:Model)
ON (model.license_family, model.upstream_terms)
