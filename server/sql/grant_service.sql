SELECT foldlog.grant_service($1)
