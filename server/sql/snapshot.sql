SELECT aggregate_type, aggregate_version, epoch, sequence_number, link, created_at, data FROM foldlog.snapshots
WHERE log_id = $1 AND aggregate_id = $2 AND reducer = $3
