MATCH (model:Model {id: $id})
OPTIONAL MATCH (model)-[:IN_FAMILY]->(family:Family)
RETURN family.id AS family, model.component AS component
