// Nodes of ours that a new graph lacks and that somebody attached something to
MATCH (node)
WHERE elementId(node) IN $elements
RETURN elementId(node) AS element, labels(node) AS labels, properties(node) AS properties
