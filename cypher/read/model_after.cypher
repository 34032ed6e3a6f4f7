// The id that is $skip + 1 places after $after
MATCH (model:Model)
WHERE model.id > $after
WITH model.id AS id
ORDER BY id
SKIP $skip
LIMIT 1
RETURN id
