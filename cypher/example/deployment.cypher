MATCH (deployment:Deployment)
WHERE deployment.approved_at IS NULL
RETURN deployment.inventory AS inventory, deployment.name AS name, deployment.owner AS owner
ORDER BY inventory, name
LIMIT 10
