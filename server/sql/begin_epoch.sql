-- A change of epoch right after a sequence number.
INSERT INTO foldlog.appends (
    log_id, append_number, kind, epoch, first_sequence_number, last_sequence_number, recorded_at, durability, link)
VALUES ($1, $2, 2, $3, $4::bigint + 1, $4, $5, 3, $6)
