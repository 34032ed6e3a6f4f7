MATCH (child:Model)
WHERE child.component IN $families
MATCH (child)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->(parent:Model)
RETURN child.component AS family, collect(child.id) AS child, collect(parent.id) AS parent
ORDER BY family
