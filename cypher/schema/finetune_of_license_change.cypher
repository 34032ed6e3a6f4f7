CREATE INDEX finetune_of_license_change IF NOT EXISTS
FOR ()-[edge:FINETUNE_OF]-()
ON (edge.license_change)
