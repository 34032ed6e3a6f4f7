// Licences of children against those of their parents
//
// /// query
// audience = "analyst"
// question = "How often does a model under one licence have a child under another?"
// statuses = ["listed", "internal"]
// key = ["parent_license", "child_license"]
// misses = "Parents in no snapshot, whose licence nobody knows. A model under several licences counts once for each; null is a model that states none; licences of data sets do not count. Parents of every other status count."
// references = ["question L16", "arXiv:2508.06811"]
//
// [params]
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// families = { type = "LIST<STRING>", default = [], choices = ["permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "use_restricted", "vendor_community", "no_derivatives"], help = "Families of licences that the parent's is of; none: all, and parents that state none" }
// min_edges = { type = "INTEGER", default = 1, help = "Fewest steps of a pair" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most steps first" }
//
// [columns]
// parent_license = "STRING"
// child_license = "STRING"
// edges = "INTEGER"
// share_of_parent = "FLOAT"
// ///
MATCH (parent:Model)
WHERE parent.child_count > 0 AND parent.status <> 'missing'
MATCH (child:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent)
WHERE child <> parent AND type(edge) IN $relations AND child.status IN ['listed', 'internal']
OPTIONAL MATCH (child)-[:UNDER_LICENSE]->(below:License)
// Counted before the parent's licence is looked up: once for each parent, and not for each child.
WITH parent, below, count(*) AS edges
OPTIONAL MATCH (parent)-[:UNDER_LICENSE]->(above:License)
WITH above, below, sum(edges) AS edges
WHERE size($families) = 0 OR above.family IN $families
WITH above, sum(edges) AS total, collect({below: below, edges: edges}) AS pairs
UNWIND pairs AS pair
WITH above.id AS parent_license, pair.below.id AS child_license, pair.edges AS edges, total
WHERE edges >= $min_edges
RETURN parent_license, child_license, edges, toFloat(edges) / total AS share_of_parent
ORDER BY edges DESC, parent_license, child_license
LIMIT $limit
