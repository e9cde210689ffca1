-- The last append that ends at or before a sequence number.
SELECT a.append_number, a.epoch, a.last_sequence_number AS sequence_number, a.link
FROM foldlog.logs l
JOIN foldlog.appends a ON a.log_id = l.log_id AND a.append_number BETWEEN l.first_append_number AND l.head_append_number
WHERE l.log_id = $1 AND a.last_sequence_number <= $2
ORDER BY a.append_number DESC LIMIT 1
