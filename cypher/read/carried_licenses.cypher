UNWIND range(0, size($ids) - 1) AS row
MATCH (:Model {id: $ids[row]})-[edge:UNDER_LICENSE]->(license:License)
RETURN collect([$first + row, license.id, edge.evidence, edge.declared_as]) AS rows
