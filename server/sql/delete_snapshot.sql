DELETE FROM foldlog.snapshots WHERE log_id = $1 AND aggregate_id = $2 AND reducer = $3
