CREATE CONSTRAINT library_id IF NOT EXISTS
FOR (library:Library)
REQUIRE library.id IS UNIQUE
