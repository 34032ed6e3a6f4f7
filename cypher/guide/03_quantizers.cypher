// Who makes the quantized copies of other people's models?
// `author` is the part of an id before the slash. Publishers are nodes too: `(:Model)-[:PUBLISHED_BY]->(:Author)`.
MATCH (copy:Model)-[:QUANTIZATION_OF]->(original:Model)
WHERE copy.author <> original.author
RETURN
  copy.author AS author,
  count(DISTINCT copy) AS copies,
  count(DISTINCT original) AS originals,
  sum(copy.downloads) AS downloads
ORDER BY copies DESC
LIMIT 10
