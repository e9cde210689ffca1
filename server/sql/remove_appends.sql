DELETE FROM foldlog.appends WHERE log_id = $1 AND append_number > $2
