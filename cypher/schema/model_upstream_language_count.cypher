CREATE INDEX model_upstream_language_count IF NOT EXISTS
FOR (model:Model)
ON (model.upstream_language_count)
