#!/usr/bin/env bash
# Runs a PostgreSQL server for one test run: a new cluster in a temporary folder
# on a free port, without durability, removed afterwards. PostgreSQL refuses to
# run as root, so for root it runs as the user `postgres`.
#
#   postgres.sh where              print the folder of its programs, or nothing
#   postgres.sh start FOLDER       start a server in a folder; prints its address
#   postgres.sh stop FOLDER        stop it and remove the folder
#   postgres.sh durable FOLDER     start a server with usual durability, to be kept
#   postgres.sh halt FOLDER        stop a server and keep its folder
#   postgres.sh resume FOLDER      start a halted server again, at the same address
#   postgres.sh with COMMAND...    run a command with DUOLOGUE_TEST_POSTGRES set
set -euo pipefail

where() {
  local found
  found=$(command -v initdb || true)
  if [ -n "$found" ]; then dirname "$(readlink -f "$found")"; return; fi
  { compgen -G '/usr/lib/postgresql/*/bin/initdb' || true; } | sort -V | tail -n 1 | xargs -r dirname
}

as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  echo 'No free port for PostgreSQL.' >&2; return 1
}

start() {
  local folder=$1 bin port
  bin=$(where)
  # Many small databases that live for seconds: nothing is worth tidying up.
  local settings='-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=8GB -c checkpoint_timeout=1h -c shared_buffers=512MB'
  if [ "${2:-}" = durable ]; then settings='-c shared_buffers=512MB -c max_wal_size=4GB'; fi
  [ -n "$bin" ] || { echo 'PostgreSQL is missing. Install it: sudo apt-get install postgresql' >&2; return 1; }
  mkdir -p "$folder"
  if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
  # The user `postgres` may have no access to the current folder.
  cd "$folder"
  # Stop a server that an earlier run left running.
  if as_postgres "$bin/pg_ctl" -D "$folder/data" status >/dev/null 2>&1; then as_postgres "$bin/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null 2>&1 || true; fi
  [ -e "$folder/data/PG_VERSION" ] ||
    as_postgres "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder.log" 2>&1 ||
    { cat "$folder.log" >&2; return 1; }
  for _ in 1 2 3 4 5; do
    port=$(free_port)
    if as_postgres "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w -t 30 start -o \
      "-p $port -c listen_addresses=127.0.0.1 -k $folder -c max_connections=300 $settings" >"$folder.log" 2>&1; then
      echo "postgres://postgres@127.0.0.1:$port/postgres"; return
    fi
  done
  cat "$folder.log" "$folder/data/server.log" >&2
  return 1
}

halt() {
  (cd "$1" && as_postgres "$(where)/pg_ctl" -D "$1/data" -m fast -w stop >/dev/null)
}

resume() {
  # `restart` also starts a stopped server, with the options it had.
  (cd "$1" && as_postgres "$(where)/pg_ctl" -D "$1/data" -l "$1/data/server.log" -m fast -w restart >/dev/null 2>&1)
}

stop() {
  local folder=$1
  [ -d "$folder/data" ] || { rm -rf "$folder" "$folder.log"; return; }
  (cd "$folder" && as_postgres "$(where)/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1) || true
  rm -rf "$folder" "$folder.log"
}

with() {
  local folder address status=0
  folder=$(mktemp -d "${TMPDIR:-/tmp}/duologue-postgres.XXXXXX")
  # shellcheck disable=SC2064 # the folder is known now
  trap "stop '$folder'" EXIT
  trap 'exit 130' INT TERM
  address=$(start "$folder")
  DUOLOGUE_TEST_POSTGRES=$address "$@" || status=$?
  return "$status"
}

case "${1:-}" in
  where) where ;;
  start | stop) [ $# = 2 ] || { echo "usage: $0 $1 FOLDER" >&2; exit 2; }; "$1" "$2" ;;
  durable) [ $# = 2 ] || { echo "usage: $0 $1 FOLDER" >&2; exit 2; }; start "$2" durable ;;
  halt | resume) [ $# = 2 ] || { echo "usage: $0 $1 FOLDER" >&2; exit 2; }; "$1" "$2" ;;
  with) shift; with "$@" ;;
  *) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
