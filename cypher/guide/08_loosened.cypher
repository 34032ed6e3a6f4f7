// Where does a term get lost?
// Each child between its own licence and the parent that asks for more, with the parent's licence.
MATCH (child:Model)-[edge:FINETUNE_OF]->(parent:Model)
WHERE edge.license_change = 'loosened'
WITH child, parent
ORDER BY child.descendant_count DESC
LIMIT 12
MATCH path = (:License)<-[:UNDER_LICENSE]-(child)-[:FINETUNE_OF]->(parent)-[:UNDER_LICENSE]->(:License)
RETURN path
