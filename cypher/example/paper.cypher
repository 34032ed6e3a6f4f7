MATCH (paper:Paper)<-[:CITES]-(model:Model)
RETURN paper.id AS arxiv_id, count(model) AS models
ORDER BY models DESC, arxiv_id
LIMIT 10
