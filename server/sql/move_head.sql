UPDATE foldlog.logs
SET epoch = $2, head_sequence_number = $3, head_link = $4, head_append_number = $5, last_recorded_at = $6, is_mirror = $7,
    first_append_number = coalesce($8, first_append_number)
WHERE log_id = $1
