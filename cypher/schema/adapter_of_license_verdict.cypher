CREATE INDEX adapter_of_license_verdict IF NOT EXISTS
FOR ()-[edge:ADAPTER_OF]-()
ON (edge.license_verdict)
