// Datasets that feed a family
//
// /// query
// audience = "analyst"
// question = "On which datasets do the members of the family of this model say that they were trained?"
// statuses = ["listed", "internal"]
// key = ["family", "dataset"]
// misses = "What nobody declares: most cards name no dataset, and what a parent was trained on reaches its descendants without their saying so. nearest_models are up to five of those nearest to a root that declare it. The share is of all members, whatever their status."
// references = ["question E10"]
//
// [params]
// model = { type = "STRING", default = "northwind-ai/Kestrel-7B", id_of = "Model", help = "Id of any member, or another name, in any letter case" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most models first" }
//
// [columns]
// family = "STRING"
// dataset = "STRING"
// models = "INTEGER"
// share_of_family = "FLOAT"
// nearest_generation = "INTEGER"
// nearest_models = "LIST<STRING>"
// downloads = "INTEGER"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }

MATCH (model)-[:IN_FAMILY]->(family:Family)
MATCH (member:Model)-[:IN_FAMILY]->(family)
WHERE member.status IN ['listed', 'internal']
MATCH (member)-[:TRAINED_ON]->(dataset:Dataset)
WITH DISTINCT family, dataset, member
ORDER BY member.generation_max, member.id
WITH
  family,
  dataset,
  count(member) AS models,
  min(member.generation_max) AS nearest_generation,
  collect(member)[..5] AS nearest,
  sum(member.downloads) AS downloads
ORDER BY models DESC, dataset.id, family.id
LIMIT $limit
RETURN
  family.id AS family,
  dataset.id AS dataset,
  models,
  toFloat(models) / family.model_count AS share_of_family,
  nearest_generation,
  [member IN nearest WHERE member.generation_max = nearest_generation | member.id] AS nearest_models,
  downloads
ORDER BY models DESC, dataset, family
