UNWIND $ids AS id
MATCH (model:Model {id: id})
RETURN
  model.id AS id,
  model.status AS status,
  model.hub_id AS hub_id,
  model.label_verdict AS label_verdict,
  model.label_reasons AS label_reasons,
  model.upstream_terms AS upstream_terms,
  model.undecidable_reasons AS undecidable_reasons,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses
ORDER BY id
