// Decisions, each in the place of an earlier one of its id
UNWIND $rows AS row
MERGE (review:Review {id: row.id})
SET
  review.scope = row.scope,
  review.subject = row.subject,
  review.query = row.query,
  review.fingerprint = row.fingerprint,
  review.queue = row.queue,
  review.decision = row.decision,
  review.who = row.who,
  review.why = row.why,
  review.at = datetime(row.at),
  review.until = date(row.until),
  review.rests_on = row.rests_on
