-- One transaction as it would be written by hand: the head is locked, :group appends of :size events each are inserted, the head moves.
\set log random(1, :logs)
BEGIN;
SELECT head_sequence_number AS head, head_append_number AS append, epoch FROM limits.logs WHERE log_id = 'limit-' || :log::bigint FOR UPDATE \gset
INSERT INTO limits.appends (
    log_id, append_number, kind, epoch, first_sequence_number, last_sequence_number, recorded_at, durability, link)
SELECT 'limit-' || :log::bigint, :append::bigint + number, 1, :epoch::uuid, :head::bigint + (number - 1) * :size::bigint + 1, :head::bigint + number * :size::bigint, now(), 3,
    sha256(number::text::bytea)
FROM generate_series(1, :group::bigint) AS number;
INSERT INTO limits.events (
    log_id, sequence_number, append_number, id, aggregate_id, aggregate_type, aggregate_version, event_type, schema_version,
    recorded_at, created_at, digest, event_data, tags)
SELECT 'limit-' || :log::bigint, :head::bigint + number, :append::bigint + (number - 1) / :size::bigint + 1, gen_random_uuid(),
    'aggregate-' || (:client_id + number) % 256, 'account', :head::bigint + number, 'Happened', 1, now(), now(),
    sha256(number::text::bytea), repeat('x', 200), '{}'
FROM generate_series(1, :group::bigint * :size::bigint) AS number;
UPDATE limits.logs
SET head_sequence_number = :head::bigint + :group::bigint * :size::bigint, head_append_number = :append::bigint + :group::bigint, head_link = sha256(:head::text::bytea),
    last_recorded_at = now()
WHERE log_id = 'limit-' || :log::bigint;
COMMIT;
