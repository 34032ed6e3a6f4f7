CREATE CONSTRAINT language_id IF NOT EXISTS
FOR (language:Language)
REQUIRE language.id IS UNIQUE
