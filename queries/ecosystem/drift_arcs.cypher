// Drift from one licence, language or task to another, net of the way back
//
// /// query
// audience = "analyst"
// question = "In which direction do licences, languages or tasks drift along the lineage, and does an ordering of them agree?"
// statuses = ["listed", "internal"]
// key = ["from_value", "to_value"]
// misses = "Steps an end of which does not declare the trait; pairs that drift both ways as often. As in the paper each value gained counts once from every value of the parent and each one lost once to every value of the child, so that one value put in the place of another counts twice. agrees is null for a value that the ordering has not; no ordering is better than another by itself, and the one that most drifts follow is not sought here. Steps to or from a model that says `multilingual` do not count; several relations of one pair are several steps. Parents of every status but missing count."
// references = ["question E3", "arXiv:2508.06811"]
//
// [params]
// trait = { type = "STRING", default = "license", choices = ["license", "language", "task"], help = "What drifts" }
// ordering = { type = "LIST<STRING>", default = [], help = "Ids of licences, languages or tasks, from where drifts lead to where they end" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// min_net = { type = "INTEGER", default = 1, help = "Fewest drifts in this direction beyond those in the other" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, largest net first" }
//
// [columns]
// from_value = "STRING"
// to_value = "STRING"
// drifts = "INTEGER"
// against = "INTEGER"
// net = "INTEGER"
// agrees = "BOOLEAN"
// ///
CALL () {
  CALL () {
    MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
    WHERE 'FINETUNE_OF' IN $relations AND $trait = 'license' AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
    WHERE 'ADAPTER_OF' IN $relations AND $trait = 'license' AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
    WHERE 'QUANTIZATION_OF' IN $relations AND $trait = 'license' AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:MERGE_OF]->(:Model)
    WHERE 'MERGE_OF' IN $relations AND $trait = 'license' AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:BASED_ON]->(:Model)
    WHERE 'BASED_ON' IN $relations AND $trait = 'license' AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
  }
  WITH startNode(edge) AS child, endNode(edge) AS parent
  WHERE child <> parent AND child.status IN ['listed', 'internal']
  // What a parent declares is looked up once for all of its children.
  WITH parent, collect(child) AS children
  WITH
    children,
    COLLECT { MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license } AS before
  UNWIND children AS child
  WITH
    before,
    COLLECT { MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license } AS after
  RETURN before, after, count(*) AS edges
  UNION ALL
  CALL () {
    MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
    WHERE 'FINETUNE_OF' IN $relations AND $trait = 'language' AND edge.language_change IN ['narrowed', 'widened', 'changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
    WHERE 'ADAPTER_OF' IN $relations AND $trait = 'language' AND edge.language_change IN ['narrowed', 'widened', 'changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
    WHERE 'QUANTIZATION_OF' IN $relations AND $trait = 'language' AND edge.language_change IN ['narrowed', 'widened', 'changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:MERGE_OF]->(:Model)
    WHERE 'MERGE_OF' IN $relations AND $trait = 'language' AND edge.language_change IN ['narrowed', 'widened', 'changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:BASED_ON]->(:Model)
    WHERE 'BASED_ON' IN $relations AND $trait = 'language' AND edge.language_change IN ['narrowed', 'widened', 'changed']
    RETURN edge
  }
  WITH startNode(edge) AS child, endNode(edge) AS parent
  WHERE child <> parent AND child.status IN ['listed', 'internal']
  // What a parent declares is looked up once for all of its children.
  WITH parent, collect(child) AS children
  WITH
    children,
    COLLECT { MATCH (parent)-[:IN_LANGUAGE]->(language:Language) RETURN language } AS before
  UNWIND children AS child
  WITH
    before,
    COLLECT { MATCH (child)-[:IN_LANGUAGE]->(language:Language) RETURN language } AS after
  RETURN before, after, count(*) AS edges
  UNION ALL
  CALL () {
    MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
    WHERE 'FINETUNE_OF' IN $relations AND $trait = 'task' AND edge.task_change IN ['changed', 'class_changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
    WHERE 'ADAPTER_OF' IN $relations AND $trait = 'task' AND edge.task_change IN ['changed', 'class_changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
    WHERE 'QUANTIZATION_OF' IN $relations AND $trait = 'task' AND edge.task_change IN ['changed', 'class_changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:MERGE_OF]->(:Model)
    WHERE 'MERGE_OF' IN $relations AND $trait = 'task' AND edge.task_change IN ['changed', 'class_changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:BASED_ON]->(:Model)
    WHERE 'BASED_ON' IN $relations AND $trait = 'task' AND edge.task_change IN ['changed', 'class_changed']
    RETURN edge
  }
  WITH startNode(edge) AS child, endNode(edge) AS parent
  WHERE child <> parent AND child.status IN ['listed', 'internal']
  // What a parent declares is looked up once for all of its children.
  WITH parent, collect(child) AS children
  WITH
    children,
    COLLECT { MATCH (parent)-[:HAS_TASK]->(task:Task) RETURN task } AS before
  UNWIND children AS child
  WITH
    before,
    COLLECT { MATCH (child)-[:HAS_TASK]->(task:Task) RETURN task } AS after
  RETURN before, after, count(*) AS edges
}
WITH before, after, sum(edges) AS edges
WHERE before <> after
WITH
  [value IN before WHERE $trait <> 'language' OR value.id <> 'code' | value.id] AS before,
  [value IN after WHERE $trait <> 'language' OR value.id <> 'code' | value.id] AS after,
  edges
WHERE $trait <> 'language' OR NOT 'multilingual' IN before + after
CALL (before, after) {
  UNWIND [value IN after WHERE NOT value IN before] AS to_value
  UNWIND before AS from_value
  RETURN from_value, to_value
  UNION ALL
  UNWIND [value IN before WHERE NOT value IN after] AS from_value
  UNWIND after AS to_value
  RETURN from_value, to_value
}
WITH from_value, to_value, sum(edges) AS drifts
WITH
  CASE WHEN from_value < to_value THEN from_value ELSE to_value END AS one,
  CASE WHEN from_value < to_value THEN to_value ELSE from_value END AS other,
  sum(CASE WHEN from_value < to_value THEN drifts ELSE 0 END) AS forth,
  sum(CASE WHEN from_value < to_value THEN 0 ELSE drifts END) AS back
WITH
  CASE WHEN forth > back THEN one ELSE other END AS from_value,
  CASE WHEN forth > back THEN other ELSE one END AS to_value,
  CASE WHEN forth > back THEN forth ELSE back END AS drifts,
  CASE WHEN forth > back THEN back ELSE forth END AS against
WHERE drifts > against AND drifts - against >= $min_net
RETURN
  from_value,
  to_value,
  drifts,
  against,
  drifts - against AS net,
  CASE
    WHEN from_value IN $ordering AND to_value IN $ordering
      THEN from_value IN [
        place IN range(0, size($ordering) - 1)
        WHERE to_value IN $ordering[place + 1..]
        | $ordering[place]
      ]
  END AS agrees
ORDER BY net DESC, from_value, to_value
LIMIT $limit
