MATCH (model:Model)-[:CITES]->(paper:Paper)
WHERE model.status = 'listed'
WITH model, paper
ORDER BY paper.id
RETURN model.id AS model, collect(paper.id) AS papers
ORDER BY size(papers) DESC, model
LIMIT 10
