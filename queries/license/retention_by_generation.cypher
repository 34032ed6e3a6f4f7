// How long a licence is kept
//
// /// query
// audience = "analyst"
// question = "Of the models that descend from a root under a licence, how many still state it, generation by generation?"
// statuses = ["listed", "internal"]
// key = ["family", "generation"]
// misses = "Roots in no snapshot, whose licence nobody knows; a root under several licences counts once for each, and a model once for each root it descends from; licences of data sets do not count. A generation is the distance from the root. Roots of every other status count."
// references = ["question L7", "arXiv:2605.24383"]
//
// [params]
// families = { type = "LIST<STRING>", default = ["weak_copyleft", "strong_copyleft", "non_commercial", "use_restricted", "vendor_community", "no_derivatives"], choices = ["permissive", "weak_copyleft", "strong_copyleft", "non_commercial", "use_restricted", "vendor_community", "no_derivatives"], help = "Families of licences that the root's is of" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Generations to go down" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return" }
//
// [columns]
// family = "STRING"
// generation = "INTEGER"
// descendants = "INTEGER"
// kept = "INTEGER"
// other = "INTEGER"
// silent = "INTEGER"
// share_kept = "FLOAT"
// ///
MATCH (license:License)
WHERE license.family IN $families
MATCH (root:Model)-[:UNDER_LICENSE]->(license)
WHERE root.child_count > 0 AND root.generation_max = 0
MATCH way = (root)<-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]-{1,40}(model:Model)
WHERE model <> root
WITH license, root, model, min(length(way)) AS generation
WHERE generation <= $max_hops AND model.status IN ['listed', 'internal']
OPTIONAL MATCH (model)-[:UNDER_LICENSE]->(own:License)
WITH license, root, model, generation, max(own = license) AS kept
WITH
  license.family AS family,
  generation,
  count(*) AS descendants,
  count(CASE WHEN kept THEN 1 END) AS kept,
  count(CASE WHEN NOT kept THEN 1 END) AS other
RETURN
  family,
  generation,
  descendants,
  kept,
  other,
  descendants - kept - other AS silent,
  toFloat(kept) / descendants AS share_kept
ORDER BY family, generation
LIMIT $limit
