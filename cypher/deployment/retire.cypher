// What an inventory no longer lists
MATCH (deployment:Deployment {inventory: $inventory})
WHERE NOT deployment.id IN $ids AND deployment.retired_at IS NULL
SET deployment.retired_at = datetime($now)
