SELECT epoch, head_sequence_number AS sequence_number, head_link AS link, is_mirror FROM foldlog.logs WHERE log_id = $1
