UNWIND range(0, size($ids) - 1) AS row
MATCH (model:Model {id: $ids[row]})
UNWIND model.unresolved_parents AS reference
RETURN collect([$first + row, reference]) AS rows
