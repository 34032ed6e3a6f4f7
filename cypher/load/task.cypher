UNWIND $rows AS row
MERGE (task:Task {id: row.id})
SET
  task.name = row.name,
  task.modality = row.modality,
  task.class = row.class,
  task.known = row.known,
  task.facts_hash = row.facts_hash
