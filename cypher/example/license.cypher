MATCH (license:License)
WHERE 'noncommercial' IN license.terms
RETURN license.id AS license, license.family AS family, license.terms AS terms, license.confidence AS confidence
ORDER BY license
LIMIT 10
