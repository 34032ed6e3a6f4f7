// Which merge joins the most families?
// Merges are kept out of families, or most of the Hub would be one. This is the way up from that merge, three steps far.
MATCH (merge:Model)-[:MERGE_OF]->(:Model)-[:IN_FAMILY]->(family:Family)
WITH merge, count(DISTINCT family) AS families
ORDER BY families DESC, merge.root_count DESC, merge.generation_max DESC
LIMIT 1
MATCH path = (merge)-[:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON]->{1,3}(:Model)
RETURN path
LIMIT 100
