-- The sequence numbers between which all events recorded in a span of time stand.
SELECT
    (SELECT first_sequence_number FROM foldlog.appends WHERE log_id = $1 AND kind = 1 AND recorded_at >= $2
        ORDER BY recorded_at, append_number LIMIT 1) AS first,
    (SELECT last_sequence_number FROM foldlog.appends WHERE log_id = $1 AND kind = 1 AND recorded_at <= $3
        ORDER BY recorded_at DESC, append_number DESC LIMIT 1) AS last
