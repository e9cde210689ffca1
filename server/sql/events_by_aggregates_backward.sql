-- Events of some aggregates, backward; as many as asked for, as long as those before them have not reached the bytes asked for.
SELECT * FROM (
    SELECT found.*, count(*) OVER () AS found,
        sum(octet_length(event_data) + 512) OVER (ORDER BY sequence_number DESC) - octet_length(event_data) - 512 AS bytes_before
    FROM (
        SELECT e.* FROM unnest($6::text[]) AS wanted (name)
        CROSS JOIN LATERAL (
            SELECT * FROM foldlog.events
            WHERE log_id = $1 AND aggregate_id = wanted.name AND sequence_number BETWEEN $2 AND $3
                AND ($7::text IS NULL OR aggregate_type = $7)
                AND ($8::text[] IS NULL OR event_type = ANY ($8))
                AND tags @> $9::text[]
                AND aggregate_version BETWEEN $10 AND $11
                AND recorded_at BETWEEN $12 AND $13
                AND ($14::text IS NULL OR caused_by = $14)
                AND ($15::text IS NULL OR correlation_id = $15)
            ORDER BY sequence_number DESC LIMIT $4
        ) e
        ORDER BY e.sequence_number DESC LIMIT $4
    ) found
) measured
WHERE bytes_before < $5 ORDER BY sequence_number DESC
