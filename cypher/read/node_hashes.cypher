// Columns as lists: one record for each row takes ten times as long to send
MATCH (node:$($label))
RETURN collect(node[$key]) AS keys, collect(coalesce(node.facts_hash, $none)) AS facts_hash
