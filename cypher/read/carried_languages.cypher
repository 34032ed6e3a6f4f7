UNWIND range(0, size($ids) - 1) AS row
MATCH (:Model {id: $ids[row]})-[edge:IN_LANGUAGE]->(language:Language)
RETURN collect([$first + row, language.id, edge.evidence, edge.declared_as]) AS rows
