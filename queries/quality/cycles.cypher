// Models that descend from themselves
//
// /// query
// audience = "auditor"
// question = "Which models are declared to descend from themselves, and around which smallest circles?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["cycle"]
// misses = "Circles of more than 40 models. Where several circles through one step are equally small, one of them is shown."
// next = "Find the step that is younger than what it claims to be made from, and ask its publisher to correct it."
// references = ["question X2"]
//
// [params]
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, smallest circles first" }
//
// [columns]
// cycle_id = "STRING"
// length = "INTEGER"
// cycle = "LIST<STRING>"
// relations = "LIST<STRING>"
// ///
MATCH (child:Model)
WHERE child.cycle_id IS NOT NULL
MATCH (child)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
WHERE edge.in_cycle
WITH DISTINCT child, parent
// The smallest circle through each step: the step itself, and the shortest way back.
CALL (child, parent) {
  WITH child, parent
  WHERE child = parent
  RETURN [child] AS members
  UNION ALL
  WITH child, parent
  WHERE child <> parent
  MATCH path = ANY SHORTEST (parent)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON*1..39]->(child)
  RETURN nodes(path) AS members
}
// Told from its smallest id on, so that a circle found through each of its steps is one row.
WITH members, COLLECT { UNWIND members AS member RETURN member ORDER BY member.id LIMIT 1 }[0] AS first
WITH first, members, [place IN range(0, size(members) - 1) WHERE members[place] = first][0] AS start
WITH DISTINCT first, members[start..] + members[..start] AS members
WITH first, members, [member IN members | member.id] AS cycle
ORDER BY size(cycle), cycle
LIMIT $limit
RETURN
  first.cycle_id AS cycle_id,
  size(cycle) AS length,
  cycle,
  COLLECT {
    UNWIND range(0, size(members) - 1) AS place
    WITH members[place] AS child, members[(place + 1) % size(members)] AS parent
    MATCH (child)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
    RETURN DISTINCT type(edge) AS relation
    ORDER BY relation
  } AS relations
ORDER BY length, cycle
