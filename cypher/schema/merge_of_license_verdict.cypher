CREATE INDEX merge_of_license_verdict IF NOT EXISTS
FOR ()-[edge:MERGE_OF]-()
ON (edge.license_verdict)
