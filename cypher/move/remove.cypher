UNWIND $rows AS row
MATCH (other:Model {id: ' ' + row.old})
DETACH DELETE other
