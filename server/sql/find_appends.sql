-- Every event of the appends that stored events with these ids. Each step looks up keys, whatever the statistics say.
WITH found AS MATERIALIZED (
    SELECT DISTINCT e.append_number FROM unnest($2::uuid[]) AS wanted (id)
    CROSS JOIN LATERAL (
        SELECT append_number FROM foldlog.events WHERE log_id = $1 AND id = wanted.id LIMIT 1
    ) e
)
SELECT e.sequence_number, e.id, e.digest, e.created_at, e.aggregate_id, e.aggregate_version,
    a.append_number, a.epoch, a.link, a.first_sequence_number, a.last_sequence_number, a.recorded_at, a.durability
FROM found
CROSS JOIN LATERAL (
    SELECT * FROM foldlog.appends WHERE log_id = $1 AND append_number = found.append_number LIMIT 1
) a
CROSS JOIN LATERAL (
    SELECT * FROM foldlog.events
    WHERE log_id = $1 AND sequence_number BETWEEN a.first_sequence_number AND a.last_sequence_number
    ORDER BY sequence_number OFFSET 0
) e
ORDER BY e.sequence_number
