// Members of a family, drawn
//
// /// query
// audience = "analyst"
// question = "What does the family of this model look like?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["path"]
// misses = "What lineage/family_members misses. Each row is one derivation step, for Neo4j Browser to join into one picture."
// references = ["question S7"]
//
// [params]
// model = { type = "STRING", default = "northwind-ai/Kestrel-7B", id_of = "Model", help = "Id of any member, or another name, in any letter case" }
// limit = { type = "INTEGER", default = 300, help = "Most steps to draw, those to models with most descendants first: Browser draws 300 nodes" }
//
// [columns]
// path = "PATH"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }

MATCH (model)-[:IN_FAMILY]->(family:Family)
MATCH (parent:Model)-[:IN_FAMILY]->(family)
WHERE parent.child_count > 0
WITH DISTINCT parent
MATCH path = (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|BASED_ON]->(parent)
RETURN path
// The steps to those with descendants first: they are what holds a large family together.
ORDER BY child.descendant_count DESC, child.id, type(edge), parent.id
LIMIT $limit
