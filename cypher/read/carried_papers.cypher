UNWIND range(0, size($ids) - 1) AS row
MATCH (:Model {id: $ids[row]})-[:CITES]->(paper:Paper)
RETURN collect([$first + row, paper.id]) AS rows
