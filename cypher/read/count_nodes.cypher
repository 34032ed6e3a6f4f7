// All nodes, and those of them that tell of past loads
RETURN
  COUNT { MATCH () } AS nodes,
  COUNT { MATCH (:Snapshot) } + COUNT { MATCH (:Change) } AS past
