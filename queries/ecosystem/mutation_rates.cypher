// How often licence, language and task change between parent and child
//
// /// query
// audience = "analyst"
// question = "What share of its licences, languages or task does a model change of what its parent declares, over these relations?"
// statuses = ["listed", "internal"]
// key = ["trait"]
// misses = "Every step an end of which does not declare the trait: what is dropped is invisible to the rate, as in the paper. m is 1 less the share of values that both declare in all values that either does; mutations adds up m, inheritances counts the steps, and rate divides them. `other` and `unknown` count as licences, languages have no `code`; steps to or from a model that says `multilingual` are undecidable and not in the rate, where the paper counts what is named beside it. Several relations of one pair are several steps, where the paper has one. Parents of every status but missing count."
// references = ["question E2", "question N6", "question T5", "arXiv:2508.06811"]
//
// [params]
// traits = { type = "LIST<STRING>", default = ["license", "language", "task"], choices = ["license", "language", "task"], help = "Traits to give the rate of" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// limit = { type = "INTEGER", default = 3, help = "Most rows to return" }
//
// [columns]
// trait = "STRING"
// inheritances = "INTEGER"
// mutations = "FLOAT"
// rate = "FLOAT"
// undecidable = "INTEGER"
// ///
CALL () {
  CALL () {
    MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
    WHERE 'FINETUNE_OF' IN $relations AND 'license' IN $traits AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
    WHERE 'ADAPTER_OF' IN $relations AND 'license' IN $traits AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
    WHERE 'QUANTIZATION_OF' IN $relations AND 'license' IN $traits AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:MERGE_OF]->(:Model)
    WHERE 'MERGE_OF' IN $relations AND 'license' IN $traits AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:BASED_ON]->(:Model)
    WHERE 'BASED_ON' IN $relations AND 'license' IN $traits AND edge.license_change IN ['kept', 'loosened', 'tightened', 'changed', 'unknown']
    RETURN edge
  }
  WITH startNode(edge) AS child, endNode(edge) AS parent
  WHERE child <> parent AND child.status IN ['listed', 'internal']
  // What a parent declares is looked up once for all of its children.
  WITH parent, collect(child) AS children
  WITH
    children,
    COLLECT { MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license } AS before
  WHERE size(before) > 0
  UNWIND children AS child
  WITH
    before,
    COLLECT { MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license } AS after
  WITH before, after, count(*) AS edges
  WHERE size(after) > 0
  WITH edges, size(before) + size(after) AS declared, size([license IN before WHERE license IN after]) AS shared
  RETURN
    'license' AS trait,
    sum(edges) AS inheritances,
    sum(edges * (1 - toFloat(shared) / (declared - shared))) AS mutations,
    0 AS undecidable
  UNION ALL
  CALL () {
    MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
    WHERE 'FINETUNE_OF' IN $relations AND 'language' IN $traits AND edge.language_change IN ['kept', 'narrowed', 'widened', 'changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
    WHERE 'ADAPTER_OF' IN $relations AND 'language' IN $traits AND edge.language_change IN ['kept', 'narrowed', 'widened', 'changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
    WHERE 'QUANTIZATION_OF' IN $relations AND 'language' IN $traits AND edge.language_change IN ['kept', 'narrowed', 'widened', 'changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:MERGE_OF]->(:Model)
    WHERE 'MERGE_OF' IN $relations AND 'language' IN $traits AND edge.language_change IN ['kept', 'narrowed', 'widened', 'changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:BASED_ON]->(:Model)
    WHERE 'BASED_ON' IN $relations AND 'language' IN $traits AND edge.language_change IN ['kept', 'narrowed', 'widened', 'changed']
    RETURN edge
  }
  WITH edge, startNode(edge) AS child, endNode(edge) AS parent
  WHERE child <> parent AND child.status IN ['listed', 'internal']
  WITH
    coalesce(size(edge.languages_lost), 0) AS lost,
    coalesce(size(edge.languages_gained), 0) AS gained,
    child,
    // Where the parent alone says `multilingual`, languages have narrowed; else the child does if one of the two does.
    CASE edge.language_change WHEN 'narrowed' THEN parent ELSE child END AS one
  WITH lost, gained, child, EXISTS { (one)-[:IN_LANGUAGE]->(:Language {id: 'multilingual'}) } AS undecidable
  WITH
    CASE
      WHEN undecidable THEN null
      WHEN lost + gained = 0 THEN 0.0
      ELSE toFloat(lost + gained) / (lost + COUNT {
        MATCH (child)-[:IN_LANGUAGE]->(language:Language) WHERE language.id <> 'code'
      })
    END AS m
  RETURN
    'language' AS trait, count(m) AS inheritances, sum(m) AS mutations, count(*) - count(m) AS undecidable
  UNION ALL
  CALL () {
    MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
    WHERE 'FINETUNE_OF' IN $relations AND 'task' IN $traits AND edge.task_change IN ['kept', 'changed', 'class_changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:ADAPTER_OF]->(:Model)
    WHERE 'ADAPTER_OF' IN $relations AND 'task' IN $traits AND edge.task_change IN ['kept', 'changed', 'class_changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:QUANTIZATION_OF]->(:Model)
    WHERE 'QUANTIZATION_OF' IN $relations AND 'task' IN $traits AND edge.task_change IN ['kept', 'changed', 'class_changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:MERGE_OF]->(:Model)
    WHERE 'MERGE_OF' IN $relations AND 'task' IN $traits AND edge.task_change IN ['kept', 'changed', 'class_changed']
    RETURN edge
    UNION ALL
    MATCH (:Model)-[edge:BASED_ON]->(:Model)
    WHERE 'BASED_ON' IN $relations AND 'task' IN $traits AND edge.task_change IN ['kept', 'changed', 'class_changed']
    RETURN edge
  }
  WITH edge, startNode(edge) AS child, endNode(edge) AS parent
  WHERE child <> parent AND child.status IN ['listed', 'internal']
  RETURN
    'task' AS trait,
    count(*) AS inheritances,
    toFloat(count(CASE WHEN edge.task_change <> 'kept' THEN 1 END)) AS mutations,
    0 AS undecidable
}
WITH trait, inheritances, mutations, undecidable
WHERE trait IN $traits
RETURN
  trait,
  inheritances,
  round(toFloat(mutations), 6) AS mutations,
  CASE WHEN inheritances > 0 THEN round(toFloat(mutations) / inheritances, 6) END AS rate,
  undecidable
ORDER BY trait
LIMIT $limit
