LISTEN foldlog
