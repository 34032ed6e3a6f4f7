CREATE INDEX based_on_card_ratio IF NOT EXISTS
FOR ()-[edge:BASED_ON]-()
ON (edge.card_ratio)
