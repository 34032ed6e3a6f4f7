// Growth of a family
//
// /// query
// audience = "analyst"
// question = "How many models joined the family of this model in each month?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["family", "month"]
// misses = "Months in which nothing was created have no row. A model in no snapshot has no date: those make the row without month, and are in no total. The Hub keeps dates since 2022-03-02 only: what is older was filled in with that day, and is counted in back_filled too."
// references = ["question S7", "arXiv:2508.06811"]
//
// [params]
// model = { type = "STRING", default = "northwind-ai/Kestrel-7B", id_of = "Model", help = "Id of any member, or another name, in any letter case" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, earliest month first" }
//
// [columns]
// family = "STRING"
// month = "STRING"
// created = "INTEGER"
// back_filled = "INTEGER"
// total = "INTEGER"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }

MATCH (model)-[:IN_FAMILY]->(family:Family)
MATCH (member:Model)-[:IN_FAMILY]->(family)
WITH DISTINCT family, member
WITH
  family,
  left(toString(member.created_at), 7) AS month,
  count(*) AS created,
  count(CASE WHEN member.created_at <= datetime('2022-03-02T23:29:04Z') THEN 1 END) AS back_filled
ORDER BY family.id, month
WITH family, collect({month: month, created: created, back_filled: back_filled}) AS months
UNWIND range(0, size(months) - 1) AS place
WITH family, months, place, months[place] AS row
RETURN
  family.id AS family,
  row.month AS month,
  row.created AS created,
  row.back_filled AS back_filled,
  CASE WHEN row.month IS NOT NULL THEN reduce(total = 0, until IN months[..place + 1] | total + until.created) END AS total
ORDER BY family, month
LIMIT $limit
