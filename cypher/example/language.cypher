MATCH (language:Language {id: 'cy'})<-[:IN_LANGUAGE]-(model:Model)
RETURN language.name AS language, model.id AS model, model.downloads AS downloads
ORDER BY coalesce(downloads, 0) DESC, model
LIMIT 10
