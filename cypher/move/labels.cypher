UNWIND $rows AS row
MATCH (other:Model {id: ' ' + row.old})
MATCH (model:Model {id: row.new})
SET model:$(labels(other))
