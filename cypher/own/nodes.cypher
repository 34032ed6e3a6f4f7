// Nodes without a label of ours, with all that they hold; and ours that somebody gave a label more
MATCH (node)
WITH node, [label IN labels(node) WHERE label IN $ours] AS ours
WHERE size(ours) = 0 OR size(ours) < size(labels(node))
RETURN
  elementId(node) AS element,
  [label IN labels(node) WHERE NOT label IN $ours] AS labels,
  CASE WHEN size(ours) = 0 THEN properties(node) END AS properties,
  ours[0] AS node_label,
  coalesce(node.id, node.id_lower) AS node_key
