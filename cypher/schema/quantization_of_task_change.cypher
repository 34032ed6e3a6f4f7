CREATE INDEX quantization_of_task_change IF NOT EXISTS
FOR ()-[edge:QUANTIZATION_OF]-()
ON (edge.task_change)
