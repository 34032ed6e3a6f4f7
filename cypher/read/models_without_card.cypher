// Listed models whose card nobody looked for, most downloaded first
MATCH (model:Model {status: 'listed'})
WHERE model.card_length IS NULL
WITH model
ORDER BY coalesce(model.downloads, 0) DESC, model.id
RETURN collect(model.id) AS ids
