CREATE INDEX quantization_of_card_ratio IF NOT EXISTS
FOR ()-[edge:QUANTIZATION_OF]-()
ON (edge.card_ratio)
