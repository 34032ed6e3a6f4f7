CREATE INDEX finetune_of_task_change IF NOT EXISTS
FOR ()-[edge:FINETUNE_OF]-()
ON (edge.task_change)
