-- Events of some types of event in the order of the log; as many as asked for, as long as those before them have not reached the bytes asked for.
SELECT * FROM (
    SELECT found.*, count(*) OVER () AS found,
        sum(octet_length(event_data) + 512) OVER (ORDER BY sequence_number) - octet_length(event_data) - 512 AS bytes_before
    FROM (
        SELECT e.* FROM unnest($8::text[]) AS wanted (name)
        CROSS JOIN LATERAL (
            SELECT * FROM foldlog.events
            WHERE log_id = $1 AND event_type = wanted.name AND sequence_number BETWEEN $2 AND $3
                AND ($6::text[] IS NULL OR aggregate_id = ANY ($6))
                AND ($7::text IS NULL OR aggregate_type = $7)
                AND tags @> $9::text[]
                AND aggregate_version BETWEEN $10 AND $11
                AND recorded_at BETWEEN $12 AND $13
                AND ($14::text IS NULL OR caused_by = $14)
                AND ($15::text IS NULL OR correlation_id = $15)
            ORDER BY sequence_number LIMIT $4
        ) e
        ORDER BY e.sequence_number LIMIT $4
    ) found
) measured
WHERE bytes_before < $5 ORDER BY sequence_number
