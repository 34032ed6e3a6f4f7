// Ids alone, so that edges find both ends whatever the order in which the facts arrive
UNWIND $rows AS row
MERGE (:Model {id: row.id})
