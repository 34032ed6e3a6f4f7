CREATE INDEX merge_of_card_ratio IF NOT EXISTS
FOR ()-[edge:MERGE_OF]-()
ON (edge.card_ratio)
