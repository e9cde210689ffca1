INSERT INTO foldlog.appends (
    log_id, append_number, kind, epoch, first_sequence_number, last_sequence_number, recorded_at, durability, link)
SELECT $1, a.* FROM unnest(
    $2::bigint[], $3::smallint[], $4::uuid[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::smallint[], $9::bytea[]) AS a
