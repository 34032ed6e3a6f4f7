UNWIND $rows AS row
MATCH (start)
WHERE elementId(start) = row.start
MATCH (end)
WHERE elementId(end) = row.end
CREATE (start)-[edge:$(row.type)]->(end)
SET edge = row.properties
