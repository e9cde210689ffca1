INSERT INTO foldlog.archived_events
SELECT $2::bigint, e.* FROM foldlog.events e WHERE log_id = $1 AND sequence_number > $3
