MATCH (copy:Model)-[:QUANTIZATION_OF]->(original:Model)
RETURN original.id AS original, count(DISTINCT copy.author) AS publishers, count(copy) AS copies
ORDER BY copies DESC, original
LIMIT 10
