# shellcheck shell=bash
# The set-up of this project, for every script below dev/ to source:
#
#   set -euo pipefail
#   . "$(dirname "$0")/setup/env.sh"
#   ensure_odoo; ensure_postgres; db=$(ensure_installed)
#
# Variables (all exported)
#   ROOT        the project, which is the addon; ADDON its technical name
#   PREFIX      Odoo and the Python environment (ODOO_PREFIX, default ROOT/.odoo); may serve several clones
#   STATE       what belongs to this clone alone: private PostgreSQL, RUN (config, addons path, filestore, logs)
#   VENV PATH   the environment's programs come first: python, odoo, pytest, and PostgreSQL's
#   ODOO_CONF   Odoo's config file, which loads queue_job's runner; ODOO_RC points to it too
#   PGHOST PGPORT PGUSER   the folder of the private server's socket, or the server that the caller's PGHOST names
# Functions
#   ensure_python GROUP…   the packages of requirements-GROUP.txt (odoo addon test lint screens)
#   ensure_odoo            Odoo 19 with its Python packages, configuration and addons path
#   ensure_postgres        a running PostgreSQL; stop_postgres ends the private one,
#                          restart_postgres MODE starts it anew
#   ensure_template        prints the name of a database with the addon's dependencies, built once
#   ensure_installed       prints the name of a database with the addon itself as it is now, built once per change
#   copy_database A B, drop_database A     with their filestores; never use the two databases above directly
# Input: ODOO_PATH (a folder with an Odoo 19), ODOO_PREFIX, PYTHON, PGHOST, PG_EMBEDDED=1.

ADDON=channel_connector
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
SETUP=$ROOT/dev/setup
STATE=$ROOT/.odoo
mkdir -p "$STATE" "${ODOO_PREFIX:-$STATE}"
PREFIX=$(cd "${ODOO_PREFIX:-$STATE}" && pwd -P)
VENV=$PREFIX/venv
RUN=$STATE/run
ADDONS_DIR=$RUN/addons
ODOO_CONF=$RUN/odoo.conf
ODOO_RC=$ODOO_CONF
export ADDON ROOT SETUP STATE PREFIX VENV RUN ADDONS_DIR ODOO_CONF ODOO_RC
export PIP_DISABLE_PIP_VERSION_CHECK=1
case ":$PATH:" in *":$VENV/bin:"*) ;; *) PATH=$VENV/bin:$PATH ;; esac
export PATH

say() { printf '==> %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# once LOCKFILE COMMAND…: two commands of one clone, or clones of one prefix, must not build the same
# thing at once. PostgreSQL and packages have different locks: starting the one may install the other.
once() {
  local lock=$1
  shift
  (
    flock -n 9 || {
      say "waiting for another command of the set-up"
      flock 9
    }
    "$@"
  ) 9>>"$lock"
}

. "$SETUP/python.sh"
. "$SETUP/odoo.sh"
. "$SETUP/postgres.sh"

ensure_template() { python "$SETUP/databases.py" template; }
ensure_installed() { python "$SETUP/databases.py" installed; }
copy_database() { python "$SETUP/databases.py" copy "$1" "$2"; }
drop_database() { python "$SETUP/databases.py" drop "$1"; }
