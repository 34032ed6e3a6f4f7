// Languages that take the place of others
//
// /// query
// audience = "analyst"
// question = "Where a child declares other languages than its parent, which languages are given up for which?"
// statuses = ["listed", "internal"]
// key = ["from_language", "to_language"]
// misses = "Steps to or from a model that declares no language or says `multilingual`. Counted as in the paper's drift graph: each language gained counts once from every language of the parent, each one lost once to every language of the child, so that one language put in the place of another counts twice. Several relations of one pair are several steps. Parents of every status count. ecosystem/mutation_rates has the rate."
// references = ["question N6", "arXiv:2508.06811"]
//
// [params]
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// languages = { type = "LIST<STRING>", default = [], help = "Languages to which both of a pair belong, as codes of ISO 639; none: all" }
// min_drifts = { type = "INTEGER", default = 1, help = "Fewest drifts of a pair" }
// limit = { type = "INTEGER", default = 200, help = "Most rows to return, most drifts first" }
//
// [columns]
// from_language = "STRING"
// to_language = "STRING"
// gained = "INTEGER"
// lost = "INTEGER"
// drifts = "INTEGER"
// ///
CALL () {
  MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
  WHERE 'FINETUNE_OF' IN $relations AND edge.language_change IN ['narrowed', 'widened', 'changed']
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
  WHERE 'ADAPTER_OF' IN $relations AND edge.language_change IN ['narrowed', 'widened', 'changed']
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
  WHERE 'QUANTIZATION_OF' IN $relations AND edge.language_change IN ['narrowed', 'widened', 'changed']
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:MERGE_OF]->(:Model)
  WHERE 'MERGE_OF' IN $relations AND edge.language_change IN ['narrowed', 'widened', 'changed']
  RETURN edge
  UNION ALL
  MATCH (:Model)-[edge:BASED_ON]->(:Model)
  WHERE 'BASED_ON' IN $relations AND edge.language_change IN ['narrowed', 'widened', 'changed']
  RETURN edge
}
WITH startNode(edge) AS child, endNode(edge) AS parent
WHERE child <> parent AND child.status IN ['listed', 'internal']
// What a parent declares is looked up once for all of its children.
WITH parent, collect(child) AS children
WITH
  children,
  COLLECT {
    MATCH (parent)-[:IN_LANGUAGE]->(language:Language)
    WHERE language.id <> 'code'
    RETURN language.id
  } AS before
WHERE NOT 'multilingual' IN before
UNWIND children AS child
WITH
  before,
  COLLECT {
    MATCH (child)-[:IN_LANGUAGE]->(language:Language)
    WHERE language.id <> 'code'
    RETURN language.id
  } AS after
WHERE NOT 'multilingual' IN after
WITH before, after, count(*) AS edges
CALL (before, after) {
  UNWIND [language IN after WHERE NOT language IN before] AS to_language
  UNWIND before AS from_language
  RETURN from_language, to_language, 1 AS gained, 0 AS lost
  UNION ALL
  UNWIND [language IN before WHERE NOT language IN after] AS from_language
  UNWIND after AS to_language
  RETURN from_language, to_language, 0 AS gained, 1 AS lost
}
WITH from_language, to_language, sum(gained * edges) AS gained, sum(lost * edges) AS lost
WITH from_language, to_language, gained, lost, gained + lost AS drifts
WHERE drifts >= $min_drifts
  AND (size($languages) = 0 OR (from_language IN $languages AND to_language IN $languages))
RETURN from_language, to_language, gained, lost, drifts
ORDER BY drifts DESC, from_language, to_language
LIMIT $limit
