// The node itself, so that whatever is attached to it stays
UNWIND $rows AS row
MATCH (model:Model {id: ' ' + row.old})
SET
  model.id = row.new,
  model.id_lower = toLower(row.new),
  model.author = split(row.new, '/')[0],
  model.name = split(row.new, '/')[1]
