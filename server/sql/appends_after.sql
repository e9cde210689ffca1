-- Appends with an event after a position, and the changes of epoch that stand right at it, genesis apart; with none, from the beginning.
SELECT a.append_number, a.kind, a.epoch, a.first_sequence_number, a.last_sequence_number, a.recorded_at, a.durability, a.link
FROM foldlog.logs l
JOIN foldlog.appends a ON a.log_id = l.log_id AND a.append_number BETWEEN l.first_append_number AND l.head_append_number
WHERE l.log_id = $1
    AND ($2::bigint IS NULL OR (a.last_sequence_number >= $2
        AND (a.last_sequence_number > $2 OR (a.kind = 2 AND a.append_number > l.first_append_number))))
ORDER BY a.append_number LIMIT $3
