// One row for each evidence of each parent, spelt as it was declared; what an organisation asserts is said anew
UNWIND range(0, size($ids) - 1) AS row
MATCH (:Model {id: $ids[row]})-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
UNWIND [evidence IN coalesce(edge.evidence, ['inventory']) WHERE evidence <> 'curation'] AS evidence
RETURN collect([$first + row, coalesce(edge.declared_as, parent.id), type(edge), edge.position, evidence]) AS rows
