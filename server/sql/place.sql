-- The place of a sequence number: the append that holds it, or the last change of epoch right after it.
SELECT epoch, $2::bigint AS sequence_number, link FROM foldlog.appends
WHERE log_id = $1 AND last_sequence_number >= $2 AND (first_sequence_number <= $2 OR last_sequence_number = $2)
ORDER BY last_sequence_number, append_number DESC LIMIT 1
