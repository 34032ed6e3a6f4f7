// Properties of all nodes of one label, Model excepted: there are a tenth as many. Named one by one, because Neo4j 5.26
// would look at every node for `$($label)`
MATCH (node:Alias|License|Language|Task|Library|Dataset|Paper|Author|Family|Snapshot|Change)
WHERE $label IN labels(node)
RETURN
  collect(
    [name IN $names | node[name]]
      + [name IN $moments | node[name].epochSeconds * 1000000 + node[name].microsecond]
  ) AS rows
