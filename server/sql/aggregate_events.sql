-- Events of one aggregate by version; as many as asked for, as long as those before them have not reached the bytes asked for.
SELECT * FROM (
    SELECT found.*, count(*) OVER () AS found,
        sum(octet_length(event_data) + 512) OVER (ORDER BY aggregate_version) - octet_length(event_data) - 512 AS bytes_before
    FROM (
        SELECT * FROM foldlog.events
        WHERE log_id = $1 AND aggregate_id = $2 AND aggregate_version BETWEEN $3 AND $4
        ORDER BY aggregate_version LIMIT $5
    ) found
) measured
WHERE bytes_before < $6 ORDER BY aggregate_version
