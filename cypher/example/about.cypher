MATCH (review:Review {decision: 'flag'})-[:ABOUT]->(model:Model)
RETURN model.id AS model, review.why AS why, review.who AS who, review.at AS at
ORDER BY at DESC, model
LIMIT 10
