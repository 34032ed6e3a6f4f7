CREATE CONSTRAINT alias_id_lower IF NOT EXISTS
FOR (alias:Alias)
REQUIRE alias.id_lower IS UNIQUE
