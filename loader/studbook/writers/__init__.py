"""Two ways from tables to Neo4j that end in the same graph: over Bolt, or through Neo4j's offline importer."""
