// Growth of a family, snapshot by snapshot
//
// /// query
// audience = "analyst"
// question = "By how many models did the family of this model grow with each snapshot, and at what rate a day?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["family", "as_of"]
// misses = "Growth before the first snapshot: lineage/family_growth counts by date of creation. A member that left the family is not told."
// references = ["question H6"]
//
// [params]
// model = { type = "STRING", default = "otters/base", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, oldest first" }
//
// [columns]
// family = "STRING"
// as_of = "ZONED DATETIME"
// added = "INTEGER"
// members = "INTEGER"
// days = "INTEGER"
// rate = "FLOAT"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH (model)-[:IN_FAMILY]->(family:Family)
MATCH (family)<-[:IN_FAMILY]-(member:Model)
WITH family, member.first_seen AS as_of, count(DISTINCT member) AS added
ORDER BY as_of
WITH family, collect({as_of: as_of, added: added}) AS steps
UNWIND range(0, size(steps) - 1) AS place
WITH
  family,
  steps[place] AS step,
  reduce(total = 0, earlier IN steps[..place] | total + earlier.added) AS members_before,
  CASE WHEN place > 0 THEN duration.inDays(steps[place - 1].as_of, steps[place].as_of).days END AS days
RETURN
  family.id AS family,
  step.as_of AS as_of,
  step.added AS added,
  members_before + step.added AS members,
  days,
  CASE WHEN days > 0 THEN toFloat(step.added) / members_before / days END AS rate
ORDER BY family, as_of
LIMIT $limit
