// Properties of the next models in order of id, those that answer the filter. Lists of values and not a record for
// each model: that takes ten times as long to send. Moments as microseconds, which are cheap to send
MATCH (model:Model)
WHERE model.id > $after
WITH model
ORDER BY model.id
LIMIT $limit
WHERE
  all(
    name IN keys($equal)
    WHERE any(value IN $equal[name] WHERE model[name] = value OR value IS NULL AND model[name] IS NULL)
  )
RETURN
  collect(
    [name IN $names | model[name]]
      + [name IN $moments | model[name].epochSeconds * 1000000 + model[name].microsecond]
  ) AS rows
