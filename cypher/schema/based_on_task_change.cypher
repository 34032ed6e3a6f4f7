CREATE INDEX based_on_task_change IF NOT EXISTS
FOR ()-[edge:BASED_ON]-()
ON (edge.task_change)
