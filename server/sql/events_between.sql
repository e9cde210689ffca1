-- Events of a range; as long as those before them have not reached the bytes asked for. Nothing here needs all of them at once, so that
-- nothing is put on the disk.
SELECT * FROM (
    SELECT e.*, sum(octet_length(event_data) + 512) OVER (ORDER BY sequence_number) - octet_length(event_data) - 512 AS bytes_before
    FROM foldlog.events e WHERE log_id = $1 AND sequence_number BETWEEN $2 AND $3
) measured
WHERE bytes_before < $4 ORDER BY sequence_number
