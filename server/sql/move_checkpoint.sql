UPDATE foldlog.checkpoints SET epoch = $3, sequence_number = $4, link = $5
WHERE log_id = $1 AND name = $2 AND epoch = $6 AND sequence_number = $7 AND link = $8 RETURNING log_id
