-- A log can be set back to an earlier point by the role that owns the schema. What stood behind that point moves to tables of its own and
-- stays there: an event or append is removed only if the same row is archived.

CREATE TABLE foldlog.restores (
    log_id text COLLATE "C" NOT NULL,
    restore_number bigint NOT NULL,
    restored_at timestamptz NOT NULL,
    -- Where the log ended.
    from_epoch uuid NOT NULL,
    from_sequence_number bigint NOT NULL,
    from_link bytea NOT NULL,
    -- Where it goes on, and the epoch that begins there.
    to_sequence_number bigint NOT NULL,
    to_append_number bigint NOT NULL,
    new_epoch uuid NOT NULL,
    PRIMARY KEY (log_id, restore_number)
);
CREATE TABLE foldlog.archived_appends (
    restore_number bigint NOT NULL,
    LIKE foldlog.appends,
    PRIMARY KEY (log_id, restore_number, append_number)
);
CREATE TABLE foldlog.archived_events (
    restore_number bigint NOT NULL,
    LIKE foldlog.events,
    PRIMARY KEY (log_id, restore_number, sequence_number)
);

CREATE FUNCTION foldlog.check_is_archived() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_archived boolean;
BEGIN
    IF TG_TABLE_NAME = 'events' THEN
        SELECT to_jsonb(a) - 'restore_number' = to_jsonb(OLD) INTO is_archived
        FROM foldlog.restores r JOIN foldlog.archived_events a USING (log_id, restore_number)
        WHERE log_id = OLD.log_id AND a.sequence_number = OLD.sequence_number AND OLD.sequence_number > r.to_sequence_number
        ORDER BY restore_number DESC LIMIT 1;
    ELSE
        SELECT to_jsonb(a) - 'restore_number' = to_jsonb(OLD) INTO is_archived
        FROM foldlog.restores r JOIN foldlog.archived_appends a USING (log_id, restore_number)
        WHERE log_id = OLD.log_id AND a.append_number = OLD.append_number AND OLD.append_number > r.to_append_number
        ORDER BY restore_number DESC LIMIT 1;
    END IF;
    IF is_archived IS NOT TRUE THEN
        RAISE EXCEPTION 'DELETE of % is refused: a log is only appended to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

-- Whether a head is set back by the restore that has just been noted. The service cannot note one, and need not be able to read them.
CREATE FUNCTION foldlog.is_restored(log text, from_epoch uuid, from_link bytea, to_epoch uuid, to_sequence_number bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM foldlog.restores r
        WHERE r.log_id = log AND r.from_epoch = is_restored.from_epoch AND r.from_link = is_restored.from_link
            AND r.new_epoch = to_epoch AND r.to_sequence_number = is_restored.to_sequence_number)
$$;

CREATE OR REPLACE FUNCTION foldlog.check_head_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves_forward boolean := NEW.head_append_number > OLD.head_append_number
        AND NEW.head_sequence_number >= OLD.head_sequence_number;
BEGIN
    IF NOT moves_forward THEN
        moves_forward := foldlog.is_restored(OLD.log_id, OLD.epoch, OLD.head_link, NEW.epoch, NEW.head_sequence_number);
    END IF;
    IF NEW.log_id <> OLD.log_id
        OR NOT moves_forward
        OR (OLD.head_sequence_number > 0
            AND (NEW.first_append_number <> OLD.first_append_number OR NEW.last_recorded_at < OLD.last_recorded_at))
        OR NOT EXISTS (
            SELECT FROM foldlog.appends
            WHERE log_id = NEW.log_id AND append_number = NEW.head_append_number AND epoch = NEW.epoch
                AND last_sequence_number = NEW.head_sequence_number AND link = NEW.head_link)
    THEN
        RAISE EXCEPTION 'a head only moves forward, onto an append that is stored' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER events_are_immutable ON foldlog.events;
CREATE TRIGGER events_are_immutable BEFORE UPDATE ON foldlog.events
    FOR EACH ROW EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER events_are_archived BEFORE DELETE ON foldlog.events
    FOR EACH ROW EXECUTE FUNCTION foldlog.check_is_archived();
DROP TRIGGER appends_are_immutable ON foldlog.appends;
CREATE TRIGGER appends_are_immutable BEFORE UPDATE ON foldlog.appends
    FOR EACH ROW EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER appends_are_archived BEFORE DELETE ON foldlog.appends
    FOR EACH ROW EXECUTE FUNCTION foldlog.check_is_archived();

CREATE TRIGGER restores_are_immutable BEFORE UPDATE OR DELETE ON foldlog.restores
    FOR EACH ROW EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER restores_are_kept BEFORE TRUNCATE ON foldlog.restores
    FOR EACH STATEMENT EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER archived_events_are_immutable BEFORE UPDATE OR DELETE ON foldlog.archived_events
    FOR EACH ROW EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER archived_events_are_kept BEFORE TRUNCATE ON foldlog.archived_events
    FOR EACH STATEMENT EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER archived_appends_are_immutable BEFORE UPDATE OR DELETE ON foldlog.archived_appends
    FOR EACH ROW EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER archived_appends_are_kept BEFORE TRUNCATE ON foldlog.archived_appends
    FOR EACH STATEMENT EXECUTE FUNCTION foldlog.refuse_change();
