SHOW CONSTRAINTS YIELD name, createStatement
WHERE NOT name IN $ours
RETURN name, createStatement AS statement
ORDER BY name
