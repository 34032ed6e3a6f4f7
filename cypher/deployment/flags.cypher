UNWIND $ids AS id
MATCH (review:Review {decision: 'flag'})-[:ABOUT]->(:Model {id: id})
WHERE review.until IS NULL OR review.until >= date($on)
RETURN id, review.who AS who, review.why AS why
ORDER BY id, who, why
