// Concentration of derivation on few publishers
//
// /// query
// audience = "analyst"
// question = "How unequally is what others derive spread over the publishers of what they derive it from?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["publishers"]
// misses = "Publishers from whose models nobody derived anything: with them the Gini coefficient would be nearer to 1. The Herfindahl index is the sum of the squared shares, effective_publishers its inverse: as many publishers of equal share would give the same index. Derivatives are counted as in ecosystem/publishers."
// references = ["question E4"]
//
// [columns]
// publishers = "INTEGER"
// derivatives = "INTEGER"
// share_of_top_1 = "FLOAT"
// share_of_top_10 = "FLOAT"
// share_of_top_100 = "FLOAT"
// herfindahl = "FLOAT"
// effective_publishers = "FLOAT"
// gini = "FLOAT"
// ///
MATCH (model:Model)
WHERE model.child_count > 0
WITH model.author AS publisher, sum(model.child_count) AS derivatives
ORDER BY derivatives DESC
WITH collect(derivatives) AS counts, toFloat(sum(derivatives)) AS total, sum(toFloat(derivatives) ^ 2) AS squares
WITH counts, total, squares, size(counts) AS publishers
WHERE publishers > 0
UNWIND range(0, publishers - 1) AS place
WITH counts, total, squares, publishers, sum((publishers - 1 - 2 * place) * counts[place]) AS spread
RETURN
  publishers,
  toInteger(total) AS derivatives,
  reduce(sum = 0, count IN counts[..1] | sum + count) / total AS share_of_top_1,
  reduce(sum = 0, count IN counts[..10] | sum + count) / total AS share_of_top_10,
  reduce(sum = 0, count IN counts[..100] | sum + count) / total AS share_of_top_100,
  squares / total ^ 2 AS herfindahl,
  total ^ 2 / squares AS effective_publishers,
  spread / (publishers * total) AS gini
ORDER BY publishers
