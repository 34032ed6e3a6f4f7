MATCH (model:Model)
WHERE model.id > $after
WITH model
ORDER BY model.id
LIMIT $limit
RETURN
  collect(model.id) AS id,
  collect(coalesce(model.downloads, $none)) AS downloads,
  collect(coalesce(model.downloads_all_time, $none)) AS downloads_all_time,
  collect(coalesce(model.likes, $none)) AS likes,
  collect(coalesce(model.trending_score, $none)) AS trending_score
