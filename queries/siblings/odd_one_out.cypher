// Odd ones out
//
// /// query
// audience = "auditor"
// question = "Which models declare another licence, task, language or library than all their siblings, who agree with each other?"
// statuses = ["listed", "internal"]
// key = ["parent", "model", "trait"]
// misses = "Siblings that declare nothing of a trait do not count: being alone with a declaration, or without one, is not being odd. Where two differ from the rest, neither is told. Parents of every status count."
// next = "Compare the model's card with its siblings': the odd one is a mistake more often than not."
// references = ["question B4"]
//
// [params]
// traits = { type = "LIST<STRING>", default = ["license", "task", "language", "library"], choices = ["license", "task", "language", "library"], help = "Traits to compare" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations that make a sibling" }
// min_siblings = { type = "INTEGER", default = 5, range = [2, 1000000], help = "Fewest siblings that agree" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most siblings first" }
//
// [columns]
// parent = "STRING"
// model = "STRING"
// trait = "STRING"
// values = "LIST<STRING>"
// sibling_values = "LIST<STRING>"
// siblings = "INTEGER"
// parent_values = "LIST<STRING>"
// descendant_count = "INTEGER"
// downloads = "INTEGER"
// ///
MATCH (parent:Model)
WHERE parent.child_count > $min_siblings
CALL (parent) {
  MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
  WHERE type(edge) IN $relations
    AND child <> parent
    AND child.status IN ['listed', 'internal']
    AND child.profile IS NOT NULL
  WITH DISTINCT child
  // Children of one profile declare the same: one of them speaks for all, and an odd one is alone in its profile.
  WITH child.profile AS profile, count(*) AS models, collect(child)[0] AS child
  WITH collect({child: child, models: models}) AS profiles
  WHERE size(profiles) > 1 AND any(one IN profiles WHERE one.models = 1)
  UNWIND profiles AS one
  WITH one.child AS child, one.models AS models
  MATCH (child)-[declares:UNDER_LICENSE|HAS_TASK|IN_LANGUAGE|USES_LIBRARY]->(value)
  WITH
    child,
    models,
    {UNDER_LICENSE: 'license', HAS_TASK: 'task', IN_LANGUAGE: 'language', USES_LIBRARY: 'library'}[type(declares)] AS trait,
    value
  WHERE trait IN $traits
  WITH child, models, trait, value
  ORDER BY value.id
  WITH child, models, trait, collect(value.id) AS values
  WITH trait, values, sum(models) AS models, collect(child)[0] AS child
  ORDER BY models
  WITH trait, collect({values: values, models: models, child: child}) AS groups
  WHERE size(groups) = 2 AND groups[0].models = 1 AND groups[1].models >= $min_siblings
  RETURN
    trait,
    groups[0].child AS model,
    groups[0].values AS values,
    groups[1].values AS sibling_values,
    groups[1].models AS siblings
}
WITH parent, model, trait, values, sibling_values, siblings
ORDER BY siblings DESC, parent.id, trait
LIMIT $limit
RETURN
  parent.id AS parent,
  model.id AS model,
  trait,
  values,
  sibling_values,
  siblings,
  COLLECT {
    MATCH (parent)-[declares:UNDER_LICENSE|HAS_TASK|IN_LANGUAGE|USES_LIBRARY]->(value)
    WHERE trait = {
        UNDER_LICENSE: 'license',
        HAS_TASK: 'task',
        IN_LANGUAGE: 'language',
        USES_LIBRARY: 'library'
      }[type(declares)]
    RETURN value.id ORDER BY value.id
  } AS parent_values,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY siblings DESC, parent, trait
