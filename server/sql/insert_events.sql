INSERT INTO foldlog.events (
    log_id, sequence_number, append_number, id, aggregate_id, aggregate_type, aggregate_version, event_type, schema_version,
    recorded_at, created_at, caused_by, causation_id, correlation_id, digest, metadata, event_data, tags)
SELECT $1, e.sequence_number, e.append_number, e.id, e.aggregate_id, e.aggregate_type, e.aggregate_version, e.event_type,
    e.schema_version, e.recorded_at, e.created_at, e.caused_by, e.causation_id, e.correlation_id, e.digest, e.metadata, e.event_data,
    e.tags::text[]
FROM unnest(
    $2::bigint[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::integer[], $10::timestamptz[],
    $11::timestamptz[], $12::text[], $13::text[], $14::text[], $15::bytea[], $16::text[], $17::text[], $18::text[]
) AS e (
    sequence_number, append_number, id, aggregate_id, aggregate_type, aggregate_version, event_type, schema_version, recorded_at,
    created_at, caused_by, causation_id, correlation_id, digest, metadata, event_data, tags)
