// Edges that touch these nodes; those between two of them come twice
MATCH (node)
WHERE elementId(node) IN $elements
MATCH (node)-[edge]-()
WITH edge, startNode(edge) AS start, endNode(edge) AS end
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
