// And so do the user's own edges that leave it; ours are written anew
UNWIND $rows AS row
MATCH (other:Model {id: ' ' + row.old})
USING INDEX SEEK other:Model(id)
MATCH (model:Model {id: row.new})
USING INDEX SEEK model:Model(id)
MATCH (other)-[edge]->(end)
WHERE NOT type(edge) IN $ours
CREATE (model)-[copy:$(type(edge))]->(end)
SET copy = properties(edge)
