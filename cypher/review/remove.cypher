UNWIND $ids AS id
MATCH (review:Review {id: id})
DETACH DELETE review
