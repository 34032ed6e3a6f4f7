CREATE INDEX merge_of_license_change IF NOT EXISTS
FOR ()-[edge:MERGE_OF]-()
ON (edge.license_change)
