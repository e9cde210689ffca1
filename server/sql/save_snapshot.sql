-- A newer snapshot stays if it belongs to the log's history.
INSERT INTO foldlog.snapshots AS kept (
    log_id, aggregate_id, reducer, aggregate_type, aggregate_version, epoch, sequence_number, link, created_at, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (log_id, aggregate_id, reducer) DO UPDATE SET
    aggregate_type = excluded.aggregate_type, aggregate_version = excluded.aggregate_version, epoch = excluded.epoch,
    sequence_number = excluded.sequence_number, link = excluded.link, created_at = excluded.created_at, data = excluded.data
WHERE kept.aggregate_version <= excluded.aggregate_version
    OR (
        SELECT (a.epoch, a.link) FROM foldlog.appends a
        WHERE a.log_id = kept.log_id AND a.last_sequence_number >= kept.sequence_number
            AND (a.first_sequence_number <= kept.sequence_number OR a.last_sequence_number = kept.sequence_number)
        ORDER BY a.last_sequence_number, a.append_number DESC LIMIT 1
    ) IS DISTINCT FROM (kept.epoch, kept.link)
