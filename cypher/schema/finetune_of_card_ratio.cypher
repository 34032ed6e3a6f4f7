CREATE INDEX finetune_of_card_ratio IF NOT EXISTS
FOR ()-[edge:FINETUNE_OF]-()
ON (edge.card_ratio)
