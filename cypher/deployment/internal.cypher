// The organisation's own models carry a label of their own
UNWIND $rows AS row
MATCH (model:Model {id: row.id})
SET model:Internal
