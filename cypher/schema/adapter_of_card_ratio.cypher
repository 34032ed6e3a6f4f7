CREATE INDEX adapter_of_card_ratio IF NOT EXISTS
FOR ()-[edge:ADAPTER_OF]-()
ON (edge.card_ratio)
