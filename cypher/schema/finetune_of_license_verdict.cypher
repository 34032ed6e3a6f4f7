CREATE INDEX finetune_of_license_verdict IF NOT EXISTS
FOR ()-[edge:FINETUNE_OF]-()
ON (edge.license_verdict)
