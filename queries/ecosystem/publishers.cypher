// Publishers by what is derived from their models
//
// /// query
// audience = "analyst"
// question = "From whose models is most derived, and how much of all derivation is that?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["publisher"]
// misses = "Derivatives of derivatives: a child counts once for each of its parents, for the one who published that parent. Names are those in the ids of models: who renamed an account or has several is several. share_of_top is the share of this publisher and all above it."
// references = ["question E4"]
//
// [params]
// limit = { type = "INTEGER", default = 50, help = "Most rows to return, most derivatives first" }
//
// [columns]
// rank = "INTEGER"
// publisher = "STRING"
// models = "INTEGER"
// derivatives = "INTEGER"
// share = "FLOAT"
// share_of_top = "FLOAT"
// ///
MATCH (model:Model)
WHERE model.child_count > 0
WITH model.author AS publisher, count(*) AS models, sum(model.child_count) AS derivatives
ORDER BY derivatives DESC, publisher
WITH collect({publisher: publisher, models: models, derivatives: derivatives}) AS rows, sum(derivatives) AS total
WITH rows[..$limit] AS rows, total
UNWIND range(0, size(rows) - 1) AS place
WITH place, rows, total, rows[place] AS row
RETURN
  place + 1 AS rank,
  row.publisher AS publisher,
  row.models AS models,
  row.derivatives AS derivatives,
  toFloat(row.derivatives) / total AS share,
  toFloat(reduce(sum = 0, upper IN rows[..place + 1] | sum + upper.derivatives)) / total AS share_of_top
ORDER BY rank
