// All edges that a load writes, each of which leaves a model; edges of other types are somebody's own
UNWIND $rows AS row
MATCH (model:Model {id: row.id})
USING INDEX SEEK model:Model(id)
MATCH (model)-[
  edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON
    |UNDER_LICENSE|IN_LANGUAGE|HAS_TASK|USES_LIBRARY|TRAINED_ON|CITES|PUBLISHED_BY|IN_FAMILY|ALSO_KNOWN_AS
]->()
DELETE edge
