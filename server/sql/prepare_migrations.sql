-- Run in the transaction that migrates: one migration of a database at a time.
SELECT pg_advisory_xact_lock(7306080442513162049);
CREATE SCHEMA IF NOT EXISTS foldlog;
CREATE TABLE IF NOT EXISTS foldlog.migrations (
    number integer NOT NULL PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
