-- One transaction as it would be written by hand: the head is locked, :group appends of :size events each are inserted, the head moves.
\set log random(1, :logs)
BEGIN;
SELECT head_sequence_number AS head, head_append_number AS append, epoch FROM limits.logs WHERE log_id = 'limit-' || :log FOR UPDATE \gset
INSERT INTO limits.appends (
    log_id, append_number, kind, epoch, first_sequence_number, last_sequence_number, recorded_at, durability, link)
SELECT 'limit-' || :log, :append + number, 1, :epoch::uuid, :head + (number - 1) * :size + 1, :head + number * :size, now(), 3,
    sha256(number::text::bytea)
FROM generate_series(1, :group) AS number;
INSERT INTO limits.events (
    log_id, sequence_number, append_number, id, aggregate_id, aggregate_type, aggregate_version, event_type, schema_version,
    recorded_at, created_at, digest, event_data, tags)
SELECT 'limit-' || :log, :head + number, :append + (number - 1) / :size + 1, gen_random_uuid(),
    'aggregate-' || (:client_id + number) % 256, 'account', :head + number, 'Happened', 1, now(), now(),
    sha256(number::text::bytea), repeat('x', 200), '{}'
FROM generate_series(1, :group * :size) AS number;
UPDATE limits.logs
SET head_sequence_number = :head + :group * :size, head_append_number = :append + :group, head_link = sha256(:head::text::bytea),
    last_recorded_at = now()
WHERE log_id = 'limit-' || :log;
COMMIT;
