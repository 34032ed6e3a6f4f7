UNWIND $ids AS id
MATCH (change:Change)-[:OF]->(:Model {id: id})
WHERE change.field IN ['license', 'hub_id']
RETURN id, change.field AS field, change.before AS before, change.after AS after, change.as_of AS as_of
ORDER BY id, as_of, field
