// Nodes of ours by label and key, each by its own index
UNWIND $rows AS row
CALL (row) {
  WITH row
  WHERE row.label = 'Model'
  MATCH (node:Model {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Alias'
  MATCH (node:Alias {id_lower: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'License'
  MATCH (node:License {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Language'
  MATCH (node:Language {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Task'
  MATCH (node:Task {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Library'
  MATCH (node:Library {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Dataset'
  MATCH (node:Dataset {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Paper'
  MATCH (node:Paper {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Author'
  MATCH (node:Author {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Family'
  MATCH (node:Family {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Snapshot'
  MATCH (node:Snapshot {id: row.key})
  RETURN node
UNION
  WITH row
  WHERE row.label = 'Change'
  MATCH (node:Change {id: row.key})
  RETURN node
}
RETURN row.label AS label, row.key AS key, elementId(node) AS element
