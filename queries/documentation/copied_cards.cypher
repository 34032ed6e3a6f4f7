// Siblings with one card between them
//
// /// query
// audience = "auditor"
// question = "Which models made from one parent have the same card, their own names and numbers apart?"
// statuses = ["listed", "internal"]
// key = ["parent", "first"]
// misses = "Cards that differ in a word. Two cards are one when their letters are, without the models' ids, names and owners: also where different numbers are all that they say. Of the siblings ten at most are named. Parents of every status count."
// next = "Compare the models themselves: the card tells nothing of what tells them apart."
// references = ["question D6"]
//
// [params]
// min_models = { type = "INTEGER", default = 3, range = [2, 1000000], help = "Fewest siblings with one card" }
// min_length = { type = "INTEGER", default = 100, help = "Fewest characters of the shortest of the cards" }
// templated = { type = "BOOLEAN", default = false, help = "Also cards that a tool wrote, which are meant to be alike" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most siblings first" }
//
// [columns]
// parent = "STRING"
// first = "STRING"
// models = "INTEGER"
// publishers = "INTEGER"
// card_template = "STRING"
// shortest = "INTEGER"
// longest = "INTEGER"
// as_parent = "BOOLEAN"
// documentation_score = "INTEGER"
// downloads = "INTEGER"
// examples = "LIST<STRING>"
// ///
MATCH (parent:Model)
WHERE parent.child_count >= $min_models
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WHERE type(edge) IN $relations
  AND child <> parent
  AND child.card_hash IS NOT NULL
  AND ($templated OR child.card_template IS NULL)
  AND child.status IN ['listed', 'internal']
// A child may be there by two relations.
WITH DISTINCT parent, child
WITH
  parent,
  child.card_hash AS card_hash,
  count(*) AS models,
  count(DISTINCT child.author) AS publishers,
  min(child.id) AS first,
  min(child.card_template) AS card_template,
  min(child.card_length) AS shortest,
  max(child.card_length) AS longest,
  max(child.documentation_score) AS documentation_score,
  sum(coalesce(child.downloads, 0)) AS downloads
WHERE models >= $min_models AND shortest >= $min_length
ORDER BY models DESC, parent.id, first
LIMIT $limit
RETURN
  parent.id AS parent,
  first,
  models,
  publishers,
  card_template,
  shortest,
  longest,
  CASE WHEN parent.card_length IS NOT NULL THEN coalesce(parent.card_hash = card_hash, false) END AS as_parent,
  documentation_score,
  downloads,
  COLLECT {
    MATCH (other:Model {card_hash: card_hash})-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
    WHERE type(edge) IN $relations AND other.status IN ['listed', 'internal'] AND other <> parent
    RETURN DISTINCT other.id ORDER BY other.id LIMIT 10
  } AS examples
ORDER BY models DESC, parent, first
