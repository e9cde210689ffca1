DELETE FROM foldlog.snapshots WHERE log_id = $1 AND sequence_number > $2
