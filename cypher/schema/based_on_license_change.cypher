CREATE INDEX based_on_license_change IF NOT EXISTS
FOR ()-[edge:BASED_ON]-()
ON (edge.license_change)
