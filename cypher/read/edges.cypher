// Edges of these types that leave the next models in order of id, with both ends' keys, those that answer the filter
MATCH (model:Model)
WHERE model.id > $after
WITH model
ORDER BY model.id
LIMIT $limit
MATCH (model)-[edge:$any($types)]->(other)
WHERE
  all(
    name IN keys($equal)
    WHERE any(value IN $equal[name] WHERE edge[name] = value OR value IS NULL AND edge[name] IS NULL)
  )
RETURN
  type(edge) AS type,
  collect([model.id, coalesce(other.id, other.id_lower)] + [name IN $properties[type(edge)] | edge[name]]) AS rows
