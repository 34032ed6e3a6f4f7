MATCH (family:Family)
WHERE family.id IN $families
MATCH (child:Model)-[:IN_FAMILY]->(family)
MATCH (child)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|BASED_ON]->(parent:Model)
RETURN family.id AS family, collect(child.id) AS child, collect(parent.id) AS parent
ORDER BY family
