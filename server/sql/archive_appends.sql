INSERT INTO foldlog.archived_appends
SELECT $2::bigint, a.* FROM foldlog.appends a WHERE log_id = $1 AND append_number > $3
