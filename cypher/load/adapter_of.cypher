UNWIND $rows AS row
MATCH (child:Model {id: row.start})
MATCH (parent:Model {id: row.end})
MERGE (child)-[edge:ADAPTER_OF]->(parent)
SET
  edge.position = row.position,
  edge.evidence = row.evidence,
  edge.confidence = row.confidence,
  edge.declared_as = row.declared_as,
  edge.in_cycle = row.in_cycle,
  edge.license_change = row.license_change,
  edge.license_verdict = row.license_verdict,
  edge.license_reasons = row.license_reasons,
  edge.languages_lost = row.languages_lost,
  edge.languages_gained = row.languages_gained,
  edge.language_change = row.language_change,
  edge.task_change = row.task_change,
  edge.days_after_parent = row.days_after_parent,
  edge.card_ratio = row.card_ratio
