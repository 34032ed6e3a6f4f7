// What the cards said that were read last, grouped by what most cards share: one record for each model takes ten times
// as long to send
MATCH (model:Model)
WHERE model.id > $after
WITH model
ORDER BY model.id
LIMIT $limit
WITH model
WHERE model.card_length IS NOT NULL
RETURN
  collect(model.id) AS id,
  collect(coalesce(model.hub_id, '')) AS hub_id,
  model.card_sections AS card_sections,
  model.card_template AS card_template,
  collect(model.card_length) AS card_length,
  collect(coalesce(model.card_hash, $none)) AS card_hash
