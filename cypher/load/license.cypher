UNWIND $rows AS row
MERGE (license:License {id: row.id})
SET
  license.name = row.name,
  license.spdx_id = row.spdx_id,
  license.family = row.family,
  license.terms = row.terms,
  license.commercial_use = row.commercial_use,
  license.derivatives = row.derivatives,
  license.share_alike = row.share_alike,
  license.use_restrictions = row.use_restrictions,
  license.restriction_set = row.restriction_set,
  license.scale_threshold = row.scale_threshold,
  license.source = row.source,
  license.confidence = row.confidence,
  license.known = row.known,
  license.facts_hash = row.facts_hash
