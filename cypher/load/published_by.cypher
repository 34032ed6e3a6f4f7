UNWIND $rows AS row
MATCH (model:Model {id: row.start})
MATCH (author:Author {id: row.end})
MERGE (model)-[:PUBLISHED_BY]->(author)
