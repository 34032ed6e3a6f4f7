// What models with children declare, and what any model is known to have declared before: a child made earlier is
// judged by the licence of its time
MATCH (model:Model)
WHERE model.child_count > 0 OR model.former_licenses IS NOT NULL
RETURN
  model.id AS id,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  model.former_licenses AS former_licenses
