MATCH (adapter:Model)-[edge:ADAPTER_OF]->(base:Model)
WHERE base.status = 'missing'
RETURN adapter.id AS adapter, base.id AS base, edge.evidence AS evidence
ORDER BY adapter, base
LIMIT 10
