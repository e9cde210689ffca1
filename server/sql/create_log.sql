-- A log that begins an epoch, unless there is one of this name.
WITH created AS (
    INSERT INTO foldlog.logs (
        log_id, epoch, head_sequence_number, head_link, head_append_number, first_append_number, last_recorded_at)
    VALUES ($1, $2, 0, $3, 1, 1, $4)
    ON CONFLICT (log_id) DO NOTHING
    RETURNING log_id
)
INSERT INTO foldlog.appends (
    log_id, append_number, kind, epoch, first_sequence_number, last_sequence_number, recorded_at, durability, link)
SELECT log_id, 1, 2, $2, 1, 0, $4, $5, $3 FROM created
