SHOW INDEXES YIELD name, type, owningConstraint, createStatement
WHERE type <> 'LOOKUP' AND owningConstraint IS NULL AND NOT name IN $ours
RETURN name, createStatement AS statement
ORDER BY name
