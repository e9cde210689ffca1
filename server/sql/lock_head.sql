SELECT epoch, head_sequence_number AS sequence_number, head_link AS link, head_append_number, last_recorded_at, is_mirror
FROM foldlog.logs WHERE log_id = $1 FOR UPDATE
