MATCH (review:Review)
WHERE review.until < date()
RETURN review.scope AS scope, review.subject AS subject, review.decision AS decision, review.who AS who, review.why AS why
ORDER BY review.until, scope, subject
LIMIT 10
