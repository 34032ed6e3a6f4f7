// As read/edges, of the edges that leave the models with these ids
UNWIND $ids AS id
MATCH (model:Model {id: id})
MATCH (model)-[edge:$any($types)]->(other)
WHERE
  all(
    name IN keys($equal)
    WHERE any(value IN $equal[name] WHERE edge[name] = value OR value IS NULL AND edge[name] IS NULL)
  )
RETURN
  type(edge) AS type,
  collect([model.id, coalesce(other.id, other.id_lower)] + [name IN $properties[type(edge)] | edge[name]]) AS rows
