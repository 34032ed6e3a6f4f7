// Time from a model to what is derived from it
//
// /// query
// audience = "analyst"
// question = "How many days after its parent is a child created, by relation?"
// statuses = ["listed", "internal"]
// key = ["relation"]
// misses = "Edges of which either end has no date, or the one that the Hub filled in on 2022-03-02 for everything older: those are counted in unknown and in no quantile. A child older than its parent counts with negative days: the parent was uploaded again, or the child came first."
// references = ["question E7"]
//
// [columns]
// relation = "STRING"
// edges = "INTEGER"
// unknown = "INTEGER"
// older_than_parent = "INTEGER"
// days_p10 = "INTEGER"
// days_p25 = "INTEGER"
// days_median = "INTEGER"
// days_p75 = "INTEGER"
// days_p90 = "INTEGER"
// ///
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WHERE child <> parent AND child.status IN ['listed', 'internal']
WITH type(edge) AS relation, edge.days_after_parent AS days
RETURN
  relation,
  count(*) AS edges,
  count(*) - count(days) AS unknown,
  count(CASE WHEN days < 0 THEN 1 END) AS older_than_parent,
  percentileDisc(days, 0.1) AS days_p10,
  percentileDisc(days, 0.25) AS days_p25,
  percentileDisc(days, 0.5) AS days_median,
  percentileDisc(days, 0.75) AS days_p75,
  percentileDisc(days, 0.9) AS days_p90
ORDER BY relation
