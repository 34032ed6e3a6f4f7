CREATE INDEX finetune_of_language_change IF NOT EXISTS
FOR ()-[edge:FINETUNE_OF]-()
ON (edge.language_change)
