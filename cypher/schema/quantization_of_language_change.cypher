CREATE INDEX quantization_of_language_change IF NOT EXISTS
FOR ()-[edge:QUANTIZATION_OF]-()
ON (edge.language_change)
