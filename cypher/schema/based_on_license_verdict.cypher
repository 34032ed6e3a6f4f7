CREATE INDEX based_on_license_verdict IF NOT EXISTS
FOR ()-[edge:BASED_ON]-()
ON (edge.license_verdict)
