#!/bin/sh
# A PostgreSQL of one's own in a folder, reached by a socket there: for tests, the demo and the load measurements.
# Usage: private-postgres.sh FOLDER BINARIES DISK [-c NAME=VALUE]...
#   FOLDER    is made, and removed in the end
#   BINARIES  where initdb and postgres are
#   DISK      the size of a file system for the data alone, without the WAL, such as 100m; - for none
# It takes orders from its standard input, a line each: `kill` ends PostgreSQL as a power cut would, `begin` starts it again on the same
# data. It ends when its standard input does. PostgreSQL does not run as root, so root lets it run as the user postgres.

keep() {
    folder=$1 size=$3
    # What ends the group of processes that this belongs to must not end it before it has cleared up.
    trap '' INT TERM
    mkdir -p "$folder/data"
    # As text, since that user may not get to where this file is.
    set -- /bin/sh -c "$(cat "$0")" "$0" --run "$@"
    if [ "$(id -u)" = 0 ]; then
        chown -R postgres "$folder"
        set -- setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
    fi
    if [ "$size" = - ]; then
        "$@"
    else
        # The mount is its own and goes with it.
        unshare --mount /bin/sh -c 'size=$1 folder=$2; shift 2
            mount -t tmpfs -o "size=$size,mode=0700,uid=postgres" tmpfs "$folder/data" && exec "$@"' \
            sh "$size" "$folder" "$@"
    fi
    rm -rf "$folder"
}

run() {
    folder=$1 binaries=$2; shift 3
    cd "$folder" || exit 1
    "$binaries/initdb" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync --waldir="$folder/wal" \
        -D "$folder/data" >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
    begin "$@"
    while read -r order; do
        case $order in
            # Stopped first, so that none is born meanwhile and keeps the next server from beginning.
            kill) kill -STOP $server; kill -KILL $(pgrep -P $server); kill -KILL $server; wait $server ;;
            begin) begin "$@" ;;
        esac
    done
    kill -QUIT $server; wait $server
}

begin() {
    "$binaries/postgres" -D "$folder/data" -k "$folder" "$@" >>"$folder/log" 2>&1 </dev/null & server=$!
}

if [ "$1" = --run ]; then
    shift
    run "$@"
else
    keep "$@"
fi
