INSERT INTO foldlog.restores (
    log_id, restore_number, restored_at, from_epoch, from_sequence_number, from_link, to_sequence_number, to_append_number, new_epoch)
SELECT $1, coalesce(max(restore_number), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM foldlog.restores WHERE log_id = $1
RETURNING restore_number
