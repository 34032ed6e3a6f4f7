// Deployments as the inventory has them, in place of what it said before
UNWIND $rows AS row
MERGE (deployment:Deployment {id: row.id})
SET
  deployment.name = row.name,
  deployment.owner = row.owner,
  deployment.environment = row.environment,
  deployment.context = row.context,
  deployment.task = row.task,
  deployment.languages = row.languages,
  deployment.market = row.market,
  deployment.approved_at = datetime(row.approved_at),
  deployment.inventory = row.inventory,
  deployment.unresolved = row.unresolved,
  deployment.extra = row.extra,
  deployment.retired_at = null
