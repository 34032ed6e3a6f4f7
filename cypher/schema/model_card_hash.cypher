CREATE INDEX model_card_hash IF NOT EXISTS
FOR (model:Model)
ON (model.card_hash)
