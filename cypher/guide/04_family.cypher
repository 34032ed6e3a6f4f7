// What does a whole family look like?
// A family is everything that derivations other than merges join. This is the largest that fits into a picture.
MATCH (family:Family)
WHERE family.model_count <= 50 AND family.generations >= 3
WITH family
ORDER BY family.model_count DESC
LIMIT 1
MATCH (family)<-[:IN_FAMILY]-(child:Model)
MATCH path = (child)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|BASED_ON]->(:Model)
RETURN path
