CREATE INDEX model_child_count IF NOT EXISTS
FOR (model:Model)
ON (model.child_count)
