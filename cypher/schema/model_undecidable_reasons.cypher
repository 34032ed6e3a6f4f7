CREATE INDEX model_undecidable_reasons IF NOT EXISTS
FOR (model:Model)
ON (model.undecidable_reasons)
