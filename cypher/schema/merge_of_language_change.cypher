CREATE INDEX merge_of_language_change IF NOT EXISTS
FOR ()-[edge:MERGE_OF]-()
ON (edge.language_change)
