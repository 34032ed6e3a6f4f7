// Models whose configuration names another base than their card
//
// /// query
// audience = "auditor"
// question = "Which adapters were made for another model than the one that they declare as their parent?"
// statuses = ["listed", "internal"]
// key = ["model", "config_parent"]
// misses = "Models whose configuration no source gives, or that names no base in it; the Hub does not pass on what the header of a GGUF file says. What is no model id (a path, a bare name) may be the declared parent or not, and an id in a letter case that two models share may be either: undecidable."
// next = "Look which base the weights were made on: its licence binds, whatever the card says."
// references = ["question Q8"]
//
// [params]
// readings = { type = "LIST<STRING>", default = ["above_parent", "below_parent", "other_model", "not_listed", "itself", "no_parent", "undecidable"], choices = ["above_parent", "below_parent", "other_model", "not_listed", "itself", "no_parent", "undecidable"], help = "What the named base is: an ancestor of a declared parent, made from one, some other model, in no snapshot, the model itself; or no model is declared as parent; or nobody can tell" }
// min_downloads = { type = "INTEGER", default = 0, help = "Fewest downloads in 30 days of a model that is told of" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most downloads first" }
//
// [columns]
// model = "STRING"
// config_parent = "STRING"
// reading = "STRING"
// config_model = "STRING"
// parents = "LIST<STRING>"
// unresolved_parents = "LIST<STRING>"
// licenses = "LIST<STRING>"
// config_licenses = "LIST<STRING>"
// parent_licenses = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (model:Model)
WHERE model.config_parents IS NOT NULL
  AND model.status IN ['listed', 'internal']
  AND coalesce(model.downloads, 0) >= $min_downloads
UNWIND model.config_parents AS config_parent
WITH model, config_parent, toLower(rtrim(config_parent, '/')) AS spelt
WHERE NOT EXISTS {
    MATCH (model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    WHERE parent.id_lower = spelt
      OR toLower(rtrim(edge.declared_as, '/')) = spelt
      OR EXISTS { MATCH (parent)-[:ALSO_KNOWN_AS]->(alias:Alias) WHERE alias.id_lower = spelt }
  }
  AND NOT spelt IN [reference IN coalesce(model.unresolved_parents, []) | toLower(rtrim(reference, '/'))]
OPTIONAL MATCH (:Alias {id_lower: spelt})<-[:ALSO_KNOWN_AS]-(renamed:Model)
WITH
  model,
  config_parent,
  spelt,
  COLLECT {
    MATCH (named:Model {id_lower: coalesce(renamed.id_lower, spelt)})
    WHERE named.id = config_parent OR NOT EXISTS { (:Model {id: config_parent}) }
    RETURN named ORDER BY named.id LIMIT 2
  } AS candidates,
  COLLECT {
    MATCH (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
    WHERE parent <> model
    RETURN DISTINCT parent ORDER BY parent.id
  } AS parents
WITH
  model,
  config_parent,
  spelt,
  parents,
  size(candidates) > 1 AS ambiguous,
  CASE WHEN size(candidates) = 1 THEN candidates[0] END AS named
WITH
  model,
  config_parent,
  parents,
  named,
  CASE
    WHEN ambiguous THEN 'undecidable'
    WHEN named IS NULL AND NOT spelt =~ '[a-z0-9_][a-z0-9._-]*/[a-z0-9_][a-z0-9._-]*' THEN 'undecidable'
    WHEN size(parents) = 0 THEN 'no_parent'
    WHEN named IS NULL OR named.status = 'missing' THEN 'not_listed'
    WHEN named = model THEN 'itself'
    WHEN named IN COLLECT { MATCH (model)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{1,40}(ancestor:Model) RETURN DISTINCT ancestor } THEN 'above_parent'
    WHEN any(
      ancestor IN COLLECT { MATCH (named)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{1,40}(ancestor:Model) RETURN DISTINCT ancestor }
      WHERE ancestor IN parents
    ) THEN 'below_parent'
    ELSE 'other_model'
  END AS reading
WHERE reading IN $readings
WITH model, config_parent, parents, named, reading
ORDER BY coalesce(model.downloads, 0) DESC, model.id, config_parent
LIMIT $limit
RETURN
  model.id AS model,
  config_parent,
  reading,
  named.id AS config_model,
  [parent IN parents | parent.id] AS parents,
  model.unresolved_parents AS unresolved_parents,
  COLLECT {
    MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS licenses,
  COLLECT {
    MATCH (named)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id
  } AS config_licenses,
  COLLECT {
    UNWIND parents AS parent
    MATCH (parent)-[:UNDER_LICENSE]->(license:License)
    RETURN DISTINCT license.id AS id ORDER BY id
  } AS parent_licenses,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY coalesce(downloads, 0) DESC, model, config_parent
