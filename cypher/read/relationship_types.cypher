// Only types in use: this procedure asks the store of counts
CALL db.relationshipTypes() YIELD relationshipType
RETURN collect(relationshipType) AS names
