// The bundled example's graph, which gives way to the first real snapshot
MATCH (node:Model|Alias|License|Language|Task|Library|Dataset|Paper|Author|Family|Snapshot|Change)
DETACH DELETE node
