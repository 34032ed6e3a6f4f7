// Every decision; a model goes by the name that it has now
MATCH (review:Review)
OPTIONAL MATCH (review)-[:ABOUT]->(model:Model)
WITH review, min(model.id) AS model
RETURN
  review.id AS id,
  review.scope AS scope,
  coalesce(model, review.subject) AS subject,
  review.query AS query,
  review.fingerprint AS fingerprint,
  review.queue AS queue,
  review.decision AS decision,
  review.who AS who,
  review.why AS why,
  review.at AS at,
  review.until AS until,
  review.rests_on AS rests_on
ORDER BY scope, subject, query, fingerprint, queue, decision, id
