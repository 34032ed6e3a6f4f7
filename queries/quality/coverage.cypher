// How much the models say of themselves
//
// /// query
// audience = "analyst"
// question = "Which share of the models states a licence, a parent, a language, a task, and has a card: in all, and by relation to their parents?"
// statuses = ["listed", "internal"]
// key = ["relation"]
// misses = "Whether what is stated is true. A model with several relations counts under each; NO_PARENT are models with none, whatever their cards meant to name. Cards are a share of the models whose card was looked for; null where nobody looked."
// references = ["question X11", "arXiv:2508.06811"]
//
// [params]
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, most models first" }
//
// [columns]
// relation = "STRING"
// models = "INTEGER"
// license = "FLOAT"
// parent = "FLOAT"
// language = "FLOAT"
// task = "FLOAT"
// card_known = "FLOAT"
// card = "FLOAT"
// templated = "FLOAT"
// ///
MATCH (model:Model)
WHERE model.status IN ['listed', 'internal']
// Models alike in all of this are counted together, so that little is left to be put under several relations.
WITH
  model.license_family IS NOT NULL OR EXISTS { (model)-[:UNDER_LICENSE]->(:License) } AS license,
  EXISTS { (model)-[:IN_LANGUAGE]->(:Language) } AS language,
  EXISTS { (model)-[:HAS_TASK]->(:Task) } AS task,
  model.card_length IS NOT NULL AS card_known,
  model.card_length > 0 AS card,
  model.card_template IS NOT NULL AS templated,
  CASE
    WHEN model.component IS NULL THEN []
    ELSE COLLECT {
      MATCH (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(:Model) RETURN DISTINCT type(edge) AS relation ORDER BY relation
    }
  END AS relations,
  count(*) AS models
UNWIND ['ALL'] + CASE WHEN size(relations) = 0 THEN ['NO_PARENT'] ELSE relations END AS relation
WITH
  relation,
  sum(models) AS models,
  sum(CASE WHEN license THEN models ELSE 0 END) AS licensed,
  sum(CASE WHEN size(relations) > 0 THEN models ELSE 0 END) AS derived,
  sum(CASE WHEN language THEN models ELSE 0 END) AS speaking,
  sum(CASE WHEN task THEN models ELSE 0 END) AS tasked,
  sum(CASE WHEN card_known THEN models ELSE 0 END) AS looked_for,
  sum(CASE WHEN card THEN models ELSE 0 END) AS carded,
  sum(CASE WHEN templated THEN models ELSE 0 END) AS templated
RETURN
  relation,
  models,
  toFloat(licensed) / models AS license,
  toFloat(derived) / models AS parent,
  toFloat(speaking) / models AS language,
  toFloat(tasked) / models AS task,
  toFloat(looked_for) / models AS card_known,
  CASE WHEN looked_for > 0 THEN toFloat(carded) / looked_for END AS card,
  CASE WHEN carded > 0 THEN toFloat(templated) / carded END AS templated
ORDER BY models DESC, relation
LIMIT $limit
