// A label with a constraint counts as used, with or without a node
RETURN
  COUNT { MATCH (:Deployment) } AS Deployment,
  COUNT { MATCH (:Review) } AS Review
