-- Every event of the appends that stored events with these ids.
SELECT e.sequence_number, e.id, e.digest, e.created_at, e.aggregate_id, e.aggregate_version,
    a.append_number, a.epoch, a.link, a.first_sequence_number, a.last_sequence_number, a.recorded_at, a.durability
FROM (SELECT DISTINCT append_number FROM foldlog.events WHERE log_id = $1 AND id = ANY ($2)) found
JOIN foldlog.appends a ON a.log_id = $1 AND a.append_number = found.append_number
JOIN foldlog.events e ON e.log_id = $1 AND e.sequence_number BETWEEN a.first_sequence_number AND a.last_sequence_number
ORDER BY e.sequence_number
