CREATE INDEX based_on_language_change IF NOT EXISTS
FOR ()-[edge:BASED_ON]-()
ON (edge.language_change)
