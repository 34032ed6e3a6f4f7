// Out of the way first, by an id that no model can have: names may be swapped, or move up in a chain
UNWIND $rows AS row
MATCH (model:Model {id: row.old})
SET model.id = ' ' + row.old
