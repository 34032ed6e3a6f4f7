CREATE INDEX adapter_of_task_change IF NOT EXISTS
FOR ()-[edge:ADAPTER_OF]-()
ON (edge.task_change)
