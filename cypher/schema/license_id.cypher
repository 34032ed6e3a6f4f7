CREATE CONSTRAINT license_id IF NOT EXISTS
FOR (license:License)
REQUIRE license.id IS UNIQUE
