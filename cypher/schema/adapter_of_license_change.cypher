CREATE INDEX adapter_of_license_change IF NOT EXISTS
FOR ()-[edge:ADAPTER_OF]-()
ON (edge.license_change)
