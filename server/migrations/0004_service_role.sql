-- Gives a role exactly what the service needs: it owns nothing, and can neither change nor remove what is stored.

CREATE FUNCTION foldlog.grant_service(service name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA foldlog TO %I', service);
    EXECUTE format('GRANT SELECT ON foldlog.migrations TO %I', service);
    EXECUTE format('GRANT SELECT, INSERT ON foldlog.events, foldlog.appends TO %I', service);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON foldlog.logs TO %I', service);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON foldlog.snapshots, foldlog.checkpoints TO %I', service);
END $$;
REVOKE ALL ON FUNCTION foldlog.grant_service(name) FROM PUBLIC;
