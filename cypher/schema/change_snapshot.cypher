CREATE INDEX change_snapshot IF NOT EXISTS
FOR (change:Change)
ON (change.snapshot)
