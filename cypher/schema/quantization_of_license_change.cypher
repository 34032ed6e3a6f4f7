CREATE INDEX quantization_of_license_change IF NOT EXISTS
FOR ()-[edge:QUANTIZATION_OF]-()
ON (edge.license_change)
