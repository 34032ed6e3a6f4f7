// The family that a model is in, if any, with the ids of all of its models
MATCH (model:Model {id: $model})
OPTIONAL MATCH (model)-[:IN_FAMILY]->(family:Family)
RETURN
  family.id AS family,
  COLLECT { MATCH (family)<-[:IN_FAMILY]-(member:Model) RETURN member.id ORDER BY member.id } AS ids
