-- What may change: the newest snapshot of each aggregate and reducer, and the position of each named consumer.

CREATE TABLE foldlog.snapshots (
    log_id text COLLATE "C" NOT NULL,
    aggregate_id text COLLATE "C" NOT NULL,
    reducer text COLLATE "C" NOT NULL,
    aggregate_type text COLLATE "C" NOT NULL,
    aggregate_version bigint NOT NULL,
    -- The place of the last event folded.
    epoch uuid NOT NULL,
    sequence_number bigint NOT NULL,
    link bytea NOT NULL,
    created_at timestamptz NOT NULL,
    data text NOT NULL,
    PRIMARY KEY (log_id, aggregate_id, reducer)
);

CREATE TABLE foldlog.checkpoints (
    log_id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    epoch uuid NOT NULL,
    sequence_number bigint NOT NULL,
    link bytea NOT NULL,
    PRIMARY KEY (log_id, name)
);
