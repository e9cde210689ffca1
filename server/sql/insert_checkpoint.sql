INSERT INTO foldlog.checkpoints (log_id, name, epoch, sequence_number, link) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (log_id, name) DO NOTHING RETURNING log_id
