// Names that no model gives as its parent any more, and ids that a killed load left without facts
UNWIND $rows AS row
MATCH (model:Model {id: row.id})
WHERE (model.status IS NULL OR model.status = 'missing') AND NOT EXISTS { (model)--() }
DELETE model
