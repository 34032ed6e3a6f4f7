MATCH (family:Family)
RETURN family.id AS earliest_root, family.model_count AS models, family.generations AS generations
ORDER BY models DESC, earliest_root
LIMIT 10
