CREATE INDEX adapter_of_language_change IF NOT EXISTS
FOR ()-[edge:ADAPTER_OF]-()
ON (edge.language_change)
