CREATE INDEX model_label_verdict IF NOT EXISTS
FOR (model:Model)
ON (model.label_verdict)
