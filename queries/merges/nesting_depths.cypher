// Merges by the depth of their nesting
//
// /// query
// audience = "analyst"
// question = "How many merges are merges of merges, and of how many in a row?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["depth"]
// misses = "As merges/nested: only MERGE_OF is followed, and steps around a circle do not count. Depth 1 is a merge of models that are no merges."
// references = ["question M4"]
//
// [params]
// limit = { type = "INTEGER", default = 100, help = "Most rows to return" }
//
// [columns]
// depth = "INTEGER"
// merges = "INTEGER"
// share = "FLOAT"
// ///
MATCH (merge:Model)-[:MERGE_OF]->(:Model)
WITH DISTINCT merge
ORDER BY merge.generation_max, merge.id
WITH collect(merge) AS merges
UNWIND range(0, size(merges) - 1) AS place
WITH place, merges[place] AS merge
// Each merge is told of its parents by their places in this order, in which parents come first.
OPTIONAL MATCH (nesting:Model)-[edge:MERGE_OF WHERE NOT edge.in_cycle]->(merge)
WITH merge, place, collect(nesting) AS nesting
UNWIND [{merge: merge, place: null}] + [child IN nesting | {merge: child, place: place}] AS entry
WITH entry.merge AS merge, entry.place AS place
ORDER BY place
WITH merge, collect(place) AS nested
ORDER BY merge.generation_max, merge.id
WITH collect(merge) AS merges, collect(nested) AS nested
WITH
  merges,
  nested,
  reduce(
    depths = [],
    parents IN nested
    | depths
      + (1 + reduce(most = 0, parent IN parents | CASE WHEN depths[parent] > most THEN depths[parent] ELSE most END))
  ) AS depths

UNWIND depths AS depth
WITH toInteger(depth) AS depth, count(*) AS merges, size(depths) AS total
RETURN depth, merges, toFloat(merges) / total AS share
ORDER BY depth
LIMIT $limit
