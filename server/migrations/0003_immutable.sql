-- What is stored stays as it is, whoever asks: events and appends are neither changed nor removed, and a head only moves forward, onto
-- an append that is stored.

CREATE FUNCTION foldlog.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: a log is only appended to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION foldlog.check_head_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.log_id <> OLD.log_id
        OR NEW.head_append_number <= OLD.head_append_number
        OR NEW.head_sequence_number < OLD.head_sequence_number
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

CREATE TRIGGER events_are_immutable BEFORE UPDATE OR DELETE ON foldlog.events
    FOR EACH ROW EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER events_are_kept BEFORE TRUNCATE ON foldlog.events
    FOR EACH STATEMENT EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER appends_are_immutable BEFORE UPDATE OR DELETE ON foldlog.appends
    FOR EACH ROW EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER appends_are_kept BEFORE TRUNCATE ON foldlog.appends
    FOR EACH STATEMENT EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER logs_move_forward BEFORE UPDATE ON foldlog.logs
    FOR EACH ROW EXECUTE FUNCTION foldlog.check_head_moves_forward();
CREATE TRIGGER logs_are_kept BEFORE DELETE ON foldlog.logs
    FOR EACH ROW EXECUTE FUNCTION foldlog.refuse_change();
CREATE TRIGGER logs_are_not_emptied BEFORE TRUNCATE ON foldlog.logs
    FOR EACH STATEMENT EXECUTE FUNCTION foldlog.refuse_change();
