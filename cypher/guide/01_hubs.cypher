// Which models do most others derive from?
// What a load derives is a property: nothing is counted here, and an index on `child_count` finds the first ten.
MATCH (model:Model)
WHERE model.child_count > 0
RETURN
  model.id AS model,
  model.child_count AS children,
  model.descendant_count AS descendants,
  model.downloads AS downloads,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license) RETURN license.id } AS licenses
ORDER BY children DESC
LIMIT 10
