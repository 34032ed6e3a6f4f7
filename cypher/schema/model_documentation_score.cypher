CREATE INDEX model_documentation_score IF NOT EXISTS
FOR (model:Model)
ON (model.documentation_score)
