// Edges of types that are none of ours, between whatever nodes
MATCH (start)-[edge]->(end)
WHERE type(edge) IN $types
RETURN
  elementId(edge) AS element,
  type(edge) AS type,
  properties(edge) AS properties,
  elementId(start) AS start,
  [label IN labels(start) WHERE label IN $ours][0] AS start_label,
  coalesce(start.id, start.id_lower) AS start_key,
  elementId(end) AS end,
  [label IN labels(end) WHERE label IN $ours][0] AS end_label,
  coalesce(end.id, end.id_lower) AS end_key
