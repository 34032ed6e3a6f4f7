// Siblings of one profile
//
// /// query
// audience = "analyst"
// question = "Which models have many children that declare the same licences, task, languages and library?"
// statuses = ["listed", "internal"]
// key = ["parent", "example"]
// misses = "Children that declare none of the four, and what they have in common beside these: weights and cards are not compared. Parents of every status count."
// references = ["question B2"]
//
// [params]
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations that make a sibling" }
// min_models = { type = "INTEGER", default = 2, range = [1, 1000000], help = "Fewest siblings of one profile" }
// limit = { type = "INTEGER", default = 100, help = "Most rows to return, largest clusters first" }
//
// [columns]
// parent = "STRING"
// models = "INTEGER"
// siblings = "INTEGER"
// share = "FLOAT"
// publishers = "INTEGER"
// licenses = "LIST<STRING>"
// task = "STRING"
// languages = "LIST<STRING>"
// library = "STRING"
// same_as_parent = "BOOLEAN"
// downloads = "INTEGER"
// example = "STRING"
// ///
MATCH (parent:Model)
WHERE parent.child_count >= $min_models
CALL (parent) {
  MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
  WHERE type(edge) IN $relations AND child <> parent AND child.status IN ['listed', 'internal']
  WITH DISTINCT child
  WITH
    child.profile AS profile,
    count(*) AS models,
    count(DISTINCT child.author) AS publishers,
    sum(coalesce(child.downloads, 0)) AS downloads,
    min(child.id) AS example
  WITH
    sum(models) AS siblings,
    collect({
      profile: profile,
      models: models,
      publishers: publishers,
      downloads: downloads,
      example: example
    }) AS clusters
  UNWIND clusters AS cluster
  WITH siblings, cluster
  WHERE cluster.profile IS NOT NULL AND cluster.models >= $min_models
  RETURN siblings, cluster
}
WITH parent, siblings, cluster
ORDER BY cluster.models DESC, parent.id, cluster.example
LIMIT $limit
MATCH (model:Model {id: cluster.example})
RETURN
  parent.id AS parent,
  cluster.models AS models,
  siblings,
  toFloat(cluster.models) / siblings AS share,
  cluster.publishers AS publishers,
  COLLECT { MATCH (model)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  COLLECT { MATCH (model)-[:HAS_TASK]->(task:Task) RETURN task.id }[0] AS task,
  COLLECT { MATCH (model)-[:IN_LANGUAGE]->(language:Language) RETURN language.id ORDER BY language.id } AS languages,
  COLLECT { MATCH (model)-[:USES_LIBRARY]->(library:Library) RETURN library.id }[0] AS library,
  parent.profile = cluster.profile AS same_as_parent,
  cluster.downloads AS downloads,
  cluster.example AS example
ORDER BY models DESC, parent, example
