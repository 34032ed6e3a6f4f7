// Longest line of descent between two models
//
// /// query
// audience = "analyst"
// question = "By which steps does one of these two models descend from the other on the longest way there is?"
// statuses = ["listed", "removed", "missing", "internal"]
// key = ["step"]
// misses = "Kinship through a common ancestor: one must descend from the other. Steps around a circle are not taken, and a model more than 40 steps away on the shortest way is not reached. Where several ways are longest, one of them is shown; of several relations between two models the first by name."
// references = ["question S4"]
//
// [params]
// model = { type = "STRING", default = "magpie-merges/Corinthian-8B-v2", id_of = "Model", help = "Id of one model, or another name, in any letter case" }
// relative = { type = "STRING", default = "lumenforge/Lumen-4B-Base", id_of = "Model", help = "Id of the other, or another name, in any letter case" }
// relations = { type = "LIST<STRING>", default = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations to follow" }
//
// [columns]
// step = "INTEGER"
// child = "STRING"
// relation = "STRING"
// parent = "STRING"
// license_change = "STRING"
// child_licenses = "LIST<STRING>"
// parent_licenses = "LIST<STRING>"
// days_after_parent = "INTEGER"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
OPTIONAL MATCH (:Alias {id_lower: toLower($relative)})<-[:ALSO_KNOWN_AS]-(moved:Model)
MATCH (relative:Model {id_lower: coalesce(moved.id_lower, toLower($relative))})
WHERE relative <> model AND (relative.id = $relative OR NOT EXISTS { (:Model {id: $relative}) })

UNWIND [{child: model, parent: relative}, {child: relative, parent: model}] AS line
WITH line.child AS descendant, line.parent AS ancestor
// No path is walked, for a lattice has too many: everything that can lie between the two is lined up, children first.
MATCH way = (descendant)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations AND NOT edge.in_cycle]->{0,40}(between:Model)
WHERE between.generation_max >= ancestor.generation_max
WITH descendant, ancestor, between, min(length(way)) AS hops
ORDER BY between.generation_max DESC, between.id
WITH descendant, ancestor, collect({node: between, hops: hops}) AS found
WHERE any(entry IN found WHERE entry.node = ancestor)
UNWIND range(0, size(found) - 1) AS place
WITH descendant, ancestor, place, found[place] AS entry
WHERE entry.hops < 40
WITH descendant, ancestor, place, entry.node AS child
MATCH (child)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations AND NOT edge.in_cycle]->(parent:Model)
WHERE parent.generation_max >= ancestor.generation_max
WITH DISTINCT descendant, ancestor, parent, place
ORDER BY parent.generation_max DESC, parent.id, place
WITH descendant, ancestor, parent, collect(place) AS below
WITH descendant, ancestor, [descendant] + collect(parent) AS nodes, [[]] + collect(below) AS below
// The longest way from the descendant to each of them is one step more than that to one of its children.
WITH
  descendant,
  ancestor,
  nodes,
  below,
  reduce(
    longest = [0],
    place IN range(1, size(nodes) - 1)
    | longest
      + (1 + reduce(most = 0, child IN below[place] | CASE WHEN longest[child] > most THEN longest[child] ELSE most END))
  ) AS longest,
  [place IN range(0, size(nodes) - 1) WHERE nodes[place] = ancestor][0] AS top
ORDER BY longest[top] DESC, descendant.id
LIMIT 1
WITH
  nodes,
  reduce(
    line = [top],
    step IN range(1, toInteger(longest[top]))
    | [child IN below[line[0]] WHERE longest[child] = longest[line[0]] - 1][0] + line
  ) AS line
UNWIND range(1, size(line) - 1) AS step
WITH step, nodes[line[step - 1]] AS child, nodes[line[step]] AS parent
WITH
  step,
  child,
  parent,
  COLLECT {
    MATCH (child)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->(parent) RETURN edge ORDER BY type(edge) LIMIT 1
  }[0] AS edge
RETURN
  step,
  child.id AS child,
  type(edge) AS relation,
  parent.id AS parent,
  edge.license_change AS license_change,
  COLLECT { MATCH (child)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS child_licenses,
  COLLECT { MATCH (parent)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS parent_licenses,
  edge.days_after_parent AS days_after_parent
ORDER BY step
