// Columns as lists: one record for each row takes ten times as long to send
MATCH (library:Library)
RETURN collect(library.id) AS keys, collect(coalesce(library.facts_hash, $none)) AS facts_hash
