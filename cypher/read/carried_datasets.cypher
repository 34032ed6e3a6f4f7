UNWIND range(0, size($ids) - 1) AS row
MATCH (:Model {id: $ids[row]})-[edge:TRAINED_ON]->(dataset:Dataset)
RETURN collect([$first + row, dataset.id, edge.evidence]) AS rows
