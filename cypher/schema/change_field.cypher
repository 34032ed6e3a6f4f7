CREATE INDEX change_field IF NOT EXISTS
FOR (change:Change)
ON (change.field)
