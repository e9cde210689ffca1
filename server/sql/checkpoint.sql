SELECT epoch, sequence_number, link FROM foldlog.checkpoints WHERE log_id = $1 AND name = $2
