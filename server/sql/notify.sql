SELECT pg_notify('foldlog', $1)
