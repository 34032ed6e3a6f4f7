CREATE INDEX quantization_of_license_verdict IF NOT EXISTS
FOR ()-[edge:QUANTIZATION_OF]-()
ON (edge.license_verdict)
