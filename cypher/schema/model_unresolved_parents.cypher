CREATE INDEX model_unresolved_parents IF NOT EXISTS
FOR (model:Model)
ON (model.unresolved_parents)
