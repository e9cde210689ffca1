INSERT INTO foldlog.migrations (number, name) VALUES ($1, $2)
