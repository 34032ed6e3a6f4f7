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
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WHERE type(edge) IN $relations
  AND child <> parent
  AND child.status IN ['listed', 'internal']
  AND child.profile IS NOT NULL
WITH DISTINCT parent, child
// Children of one profile declare the same: one of them speaks for all, and an odd one is alone in its profile.
WITH parent, child.profile AS profile, count(*) AS models, collect(child)[0] AS child
WITH parent, collect({child: child, models: models}) AS profiles
WHERE size(profiles) > 1 AND any(one IN profiles WHERE one.models = 1)
UNWIND profiles AS one
UNWIND $traits AS trait
WITH parent, trait, one.models AS models, one.child AS child
WITH
  parent,
  trait,
  models,
  child,
  COLLECT {
    MATCH (child)-[declares:UNDER_LICENSE|HAS_TASK|IN_LANGUAGE|USES_LIBRARY]->(value)
    WHERE type(declares) = {
        license: 'UNDER_LICENSE',
        task: 'HAS_TASK',
        language: 'IN_LANGUAGE',
        library: 'USES_LIBRARY'
      }[trait]
    RETURN value.id ORDER BY value.id
  } AS values
WHERE size(values) > 0
WITH parent, trait, values, sum(models) AS models, collect(child)[0] AS child
ORDER BY models
WITH parent, trait, collect({values: values, models: models, child: child}) AS groups
WHERE size(groups) = 2 AND groups[0].models = 1 AND groups[1].models >= $min_siblings
WITH
  parent,
  trait,
  groups[0].child AS model,
  groups[0].values AS values,
  groups[1].values AS sibling_values,
  groups[1].models AS siblings
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
    WHERE type(declares) = {
        license: 'UNDER_LICENSE',
        task: 'HAS_TASK',
        language: 'IN_LANGUAGE',
        library: 'USES_LIBRARY'
      }[trait]
    RETURN value.id ORDER BY value.id
  } AS parent_values,
  model.descendant_count AS descendant_count,
  model.downloads AS downloads
ORDER BY siblings DESC, parent, trait
