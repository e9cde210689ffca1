-- The role that owns the schema, and that of the service, which can neither change nor remove what is stored.
CREATE ROLE foldlog_owner LOGIN PASSWORD 'change-me';
CREATE ROLE foldlog_service LOGIN PASSWORD 'change-me';
ALTER DATABASE foldlog OWNER TO foldlog_owner;
