MATCH (family:Family)
WITH family
ORDER BY family.model_count DESC, family.id
LIMIT $limit
RETURN family.id AS family
