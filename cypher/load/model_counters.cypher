// What changes daily without anything having changed
UNWIND $rows AS row
MATCH (model:Model {id: row.id})
SET
  model.downloads = row.downloads,
  model.downloads_all_time = row.downloads_all_time,
  model.likes = row.likes,
  model.trending_score = row.trending_score
