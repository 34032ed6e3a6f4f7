// Merges of merges
//
// /// query
// audience = "analyst"
// question = "Which merges have merges among their parents, and how many merges deep does that go?"
// statuses = ["listed", "internal"]
// key = ["merge"]
// misses = "Merges above a parent that is no merge itself, such as a finetune of one: only MERGE_OF is followed. Steps around a circle do not count."
// references = ["question M4"]
//
// [params]
// min_depth = { type = "INTEGER", default = 2, range = [1, 40], help = "Fewest merges in a row, from the merge upwards" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, deepest first" }
//
// [columns]
// merge = "STRING"
// depth = "INTEGER"
// merge_parents = "LIST<STRING>"
// parent_count = "INTEGER"
// generation_max = "INTEGER"
// status = "STRING"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
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

UNWIND range(0, size(merges) - 1) AS place
// An aggregation, so that no row drags the lists along.
WITH merges[place] AS merge, max(toInteger(depths[place])) AS depth
WHERE depth >= $min_depth AND merge.status IN ['listed', 'internal']
WITH merge, depth
ORDER BY depth DESC, merge.descendant_count DESC, merge.id
LIMIT $limit
RETURN
  merge.id AS merge,
  depth,
  COLLECT {
    MATCH (merge)-[:MERGE_OF]->(parent:Model)
    WHERE parent <> merge AND EXISTS { (parent)-[:MERGE_OF]->(:Model) }
    RETURN DISTINCT parent.id ORDER BY parent.id
  } AS merge_parents,
  COUNT { (merge)-[:MERGE_OF]->(parent:Model) WHERE parent <> merge } AS parent_count,
  merge.generation_max AS generation_max,
  merge.status AS status,
  merge.descendant_count AS descendant_count,
  merge.downloads AS downloads
ORDER BY depth DESC, descendant_count DESC, merge
