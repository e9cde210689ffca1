-- The same tables and indexes as those of the server, without what it enforces, for the hand-written limit.
CREATE SCHEMA limits;
CREATE TABLE limits.logs (LIKE foldlog.logs INCLUDING ALL);
CREATE TABLE limits.appends (LIKE foldlog.appends INCLUDING ALL);
CREATE TABLE limits.events (LIKE foldlog.events INCLUDING ALL);
INSERT INTO limits.logs (
    log_id, epoch, head_sequence_number, head_link, head_append_number, first_append_number, last_recorded_at)
SELECT 'limit-' || number, gen_random_uuid(), 0, sha256(number::text::bytea), 0, 0, now() FROM generate_series(1, 1000) AS number;
