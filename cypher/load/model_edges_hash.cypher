// Written in the transaction that writes the edges it covers
UNWIND $rows AS row
MATCH (model:Model {id: row.id})
SET model.edges_hash = row.edges_hash
