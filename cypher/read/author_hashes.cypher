// Columns as lists: one record for each row takes ten times as long to send
MATCH (author:Author)
RETURN collect(author.id) AS keys, collect(coalesce(author.facts_hash, $none)) AS facts_hash
