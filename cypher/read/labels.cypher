// Only labels in use: this procedure asks the store of counts
CALL db.labels() YIELD label
RETURN collect(label) AS names
