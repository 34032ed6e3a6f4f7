UNWIND $rows AS row
MATCH (node)
WHERE elementId(node) = row.element
SET node:$(row.labels)
