// What a drawing says of each model, in the order asked for
UNWIND range(0, size($ids) - 1) AS row
MATCH (model:Model {id: $ids[row]})
RETURN
  model.id AS id,
  model.status AS status,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  model.concluded_licenses AS concluded_licenses,
  model.sha AS sha,
  model.label_verdict AS label_verdict,
  model.downloads AS downloads,
  model.child_count AS child_count,
  model.descendant_count AS descendant_count,
  model.created_at AS created_at,
  model.unresolved_parents AS unresolved_parents
ORDER BY row
