CREATE INDEX merge_of_task_change IF NOT EXISTS
FOR ()-[edge:MERGE_OF]-()
ON (edge.task_change)
