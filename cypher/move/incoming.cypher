// All that leads to a node that gives way leads to the one that takes its name
UNWIND $rows AS row
MATCH (other:Model {id: ' ' + row.old})
USING INDEX SEEK other:Model(id)
MATCH (model:Model {id: row.new})
USING INDEX SEEK model:Model(id)
MATCH (node)-[edge]->(other)
WITH model, CASE node WHEN other THEN model ELSE node END AS start, edge
CREATE (start)-[copy:$(type(edge))]->(model)
SET copy = properties(edge)
DELETE edge
