MATCH (node:$($label))
RETURN count(node) AS nodes
