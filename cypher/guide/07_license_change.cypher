// What becomes of the licence from parent to child?
// `loosened`: the parent asks for something that the child's licence no longer says. `dropped`: the child states none.
MATCH (:Model)-[edge:FINETUNE_OF]->(:Model)
WHERE edge.license_change IS NOT NULL
RETURN edge.license_change AS change, count(*) AS edges
ORDER BY edges DESC
