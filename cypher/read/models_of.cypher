// As read/models, of the models with these ids
UNWIND $ids AS id
MATCH (model:Model {id: id})
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
