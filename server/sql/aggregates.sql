-- Where each of these aggregates stands.
SELECT e.aggregate_id, e.aggregate_type, e.aggregate_version
FROM unnest($2::text[]) AS wanted (aggregate_id)
CROSS JOIN LATERAL (
    SELECT aggregate_id, aggregate_type, aggregate_version FROM foldlog.events
    WHERE log_id = $1 AND aggregate_id = wanted.aggregate_id
    ORDER BY aggregate_version DESC LIMIT 1
) e
