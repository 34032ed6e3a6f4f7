// The clean rows behind models: what a snapshot once said of them, and not what an organisation concluded, which is
// said anew with each load. Moments as microseconds, which are cheap to send
UNWIND range(0, size($ids) - 1) AS row
MATCH (model:Model {id: $ids[row]})
OPTIONAL MATCH (model)-[:HAS_TASK]->(task:Task)
OPTIONAL MATCH (model)-[:USES_LIBRARY]->(library:Library)
WITH row, model, min(task.id) AS pipeline_tag, min(library.id) AS library_name
ORDER BY row
RETURN collect([
  model.id,
  model.status,
  model.hub_id,
  model.sha,
  model.created_at.epochSeconds * 1000000 + model.created_at.microsecond,
  model.last_modified.epochSeconds * 1000000 + model.last_modified.microsecond,
  model.downloads,
  model.downloads_all_time,
  model.likes,
  model.trending_score,
  model.gated,
  model.regions,
  model.parameters,
  model.formats,
  model.new_version,
  model.license_name,
  model.license_link,
  pipeline_tag,
  library_name,
  null,
  model.declared_hash,
  model.parent_hints,
  null,
  null,
  null,
  model.card_length,
  model.card_hash,
  model.card_sections,
  model.card_template,
  model.config_parents,
  model.first_seen.epochSeconds * 1000000 + model.first_seen.microsecond,
  model.last_seen.epochSeconds * 1000000 + model.last_seen.microsecond
]) AS rows
