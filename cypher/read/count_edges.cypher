MATCH ()-[edge]->()
RETURN count(edge) AS edges
