// Adapters for a model
//
// /// query
// audience = "engineer"
// question = "Which adapters can be put on this model, and on which model of the same weights was each declared?"
// statuses = ["listed", "internal"]
// key = ["model", "adapter", "declared_on"]
// misses = "Whether an adapter fits: sizes and shapes of weights are not compared. Adapters for fine-tunes of the model, which have other weights, and adapters on top of one of these adapters are left out. Carriers in between may be of any status."
// references = ["question Q4"]
//
// [params]
// model = { type = "STRING", default = "lumenforge/Lumen-4B-Instruct", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// how = { type = "LIST<STRING>", default = ["itself", "copy", "source", "copy_of_source"], choices = ["itself", "copy", "source", "copy_of_source"], help = "itself: declared on this very model; copy: on a quantized version of it; source: on what this model is a quantized version of; copy_of_source: on another quantized version of that" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most downloads first" }
//
// [columns]
// model = "STRING"
// adapter = "STRING"
// declared_on = "STRING"
// how = "STRING"
// bases = "INTEGER"
// formats = "LIST<STRING>"
// licenses = "LIST<STRING>"
// downloads = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
// Up to everything that the model was quantized from, and down again to every quantized version of that.
MATCH (model)-[:QUANTIZATION_OF]->{0,40}(source:Model)
WITH DISTINCT model, source
MATCH (source)<-[:QUANTIZATION_OF]-{0,40}(base:Model)
WITH DISTINCT model, source, base
WITH
  model,
  base,
  min(CASE
    WHEN base = model THEN 0
    WHEN source = model THEN 1
    WHEN base = source THEN 2
    ELSE 3
  END) AS place
WITH model, base, ['itself', 'copy', 'source', 'copy_of_source'][place] AS how
WHERE how IN $how
MATCH (adapter:Model)-[:ADAPTER_OF]->(base)
WHERE adapter <> base AND adapter <> model AND adapter.status IN ['listed', 'internal']
WITH DISTINCT model, base, how, adapter
ORDER BY model.id, coalesce(adapter.downloads, 0) DESC, adapter.id, base.id
LIMIT $limit
RETURN
  model.id AS model,
  adapter.id AS adapter,
  base.id AS declared_on,
  how,
  COUNT { MATCH (adapter)-[:ADAPTER_OF]->(other:Model) WHERE other <> adapter RETURN DISTINCT other } AS bases,
  adapter.formats AS formats,
  COLLECT { MATCH (adapter)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  adapter.downloads AS downloads,
  adapter.created_at AS created_at
ORDER BY model, coalesce(downloads, 0) DESC, adapter, declared_on
