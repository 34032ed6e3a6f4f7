// Which parents are gone, and how much stands on them?
// A parent that no snapshot lists is kept as a node of status `missing`: what is known of it is who names it.
MATCH (parent:Model {status: 'missing'})
RETURN
  parent.id AS parent,
  parent.child_count AS children,
  parent.descendant_count AS descendants,
  parent.first_seen AS first_seen
ORDER BY descendants DESC
LIMIT 10
