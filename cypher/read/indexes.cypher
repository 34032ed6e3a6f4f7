SHOW INDEXES YIELD name, state, populationPercent
RETURN collect(name) AS names, collect(state) AS states, collect(populationPercent) AS percents
