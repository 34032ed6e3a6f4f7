// Tie decisions to the models they name, where the graph has these by now
MATCH (review:Review)
WHERE review.scope IN ['model', 'ancestor'] AND NOT EXISTS { (review)-[:ABOUT]->() }
MATCH (model:Model {id: review.subject})
MERGE (review)-[:ABOUT]->(model)
