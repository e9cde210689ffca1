-- The place right before an append; none before the log's first.
SELECT a.epoch, a.last_sequence_number AS sequence_number, a.link
FROM foldlog.logs l JOIN foldlog.appends a ON a.log_id = l.log_id AND a.append_number = $2::bigint - 1
WHERE l.log_id = $1 AND a.append_number >= l.first_append_number
