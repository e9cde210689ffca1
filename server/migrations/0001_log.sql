-- A log's head, its appends with their links, and its events. Every key begins with the log, so that all of it can be distributed by log_id.
-- Names are compared byte for byte, hence COLLATE "C".

-- The one row that every writer of a log locks first.
CREATE TABLE foldlog.logs (
    log_id text COLLATE "C" NOT NULL PRIMARY KEY CHECK (octet_length(log_id) BETWEEN 1 AND 255),
    epoch uuid NOT NULL,
    head_sequence_number bigint NOT NULL CHECK (head_sequence_number BETWEEN 0 AND 9007199254740991),
    head_link bytea NOT NULL CHECK (octet_length(head_link) = 32),
    head_append_number bigint NOT NULL,
    -- The append that the log's history begins with: an import into an empty log begins another history and deletes nothing.
    first_append_number bigint NOT NULL,
    last_recorded_at timestamptz NOT NULL,
    is_mirror boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);

-- Appends of events (kind 1) and changes of epoch (kind 2, without events, right after last_sequence_number).
CREATE TABLE foldlog.appends (
    log_id text COLLATE "C" NOT NULL,
    append_number bigint NOT NULL,
    kind smallint NOT NULL CHECK (kind IN (1, 2)),
    -- The epoch after it.
    epoch uuid NOT NULL,
    first_sequence_number bigint NOT NULL,
    last_sequence_number bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    durability smallint NOT NULL,
    link bytea NOT NULL CHECK (octet_length(link) = 32),
    PRIMARY KEY (log_id, append_number),
    CHECK (CASE kind WHEN 1 THEN last_sequence_number >= first_sequence_number
                     ELSE last_sequence_number = first_sequence_number - 1 END)
);
CREATE INDEX appends_last_sequence_number ON foldlog.appends (log_id, last_sequence_number, append_number);
CREATE INDEX appends_recorded_at ON foldlog.appends (log_id, recorded_at, append_number);

CREATE TABLE foldlog.events (
    log_id text COLLATE "C" NOT NULL,
    sequence_number bigint NOT NULL,
    append_number bigint NOT NULL,
    id uuid NOT NULL,
    aggregate_id text COLLATE "C" NOT NULL,
    aggregate_type text COLLATE "C" NOT NULL,
    aggregate_version bigint NOT NULL CHECK (aggregate_version >= 1),
    event_type text COLLATE "C" NOT NULL,
    schema_version integer NOT NULL CHECK (schema_version BETWEEN 1 AND 65535),
    recorded_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    caused_by text COLLATE "C",
    causation_id text COLLATE "C",
    correlation_id text COLLATE "C",
    tags text[] COLLATE "C" NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    -- 0: both payloads are JSON text, exactly as it was given; jsonb would neither keep nor take all of it.
    payload_format smallint NOT NULL DEFAULT 0,
    metadata text,
    event_data text NOT NULL,
    PRIMARY KEY (log_id, sequence_number),
    CONSTRAINT events_id UNIQUE (log_id, id),
    CONSTRAINT events_aggregate_version UNIQUE (log_id, aggregate_id, aggregate_version)
);
CREATE INDEX events_aggregate ON foldlog.events (log_id, aggregate_id, sequence_number);
CREATE INDEX events_aggregate_type ON foldlog.events (log_id, aggregate_type, sequence_number);
CREATE INDEX events_event_type ON foldlog.events (log_id, event_type, sequence_number);
