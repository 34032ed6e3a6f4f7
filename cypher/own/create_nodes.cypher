UNWIND $rows AS row
CREATE (node:$(row.labels))
SET node = row.properties
RETURN row.element AS was, elementId(node) AS element
