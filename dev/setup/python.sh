# shellcheck shell=bash
# The Python environment (sourced by env.sh).

# Prints the interpreter to use: PYTHON, else the first one that runs and that Odoo 19 supports.
find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.10}; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  die "no Python 3.10 to 3.13 found; name one in the variable PYTHON"
}

# An environment that was moved is made again: its programs name the interpreter by its old path.
_create_venv() {
  [ -x "$VENV/bin/pip" ] && grep -qF "$VENV/" "$VENV/bin/pip" && return
  local python
  rm -rf "$VENV"
  python=$(PATH=${PATH#"$VENV/bin:"} find_python) || exit 1
  say "creating a Python environment with $("$python" --version)"
  if ! "$python" -m venv "$VENV" >"$PREFIX/venv.log" 2>&1; then
    # Debian ships Python without ensurepip
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
      die "'$python -m venv' does not work here (Debian: apt-get install python3-venv); see $PREFIX/venv.log"
    apt-get update -q >/dev/null && apt-get install -y -q python3-venv >/dev/null
    "$python" -m venv "$VENV"
  fi
}

# The file that says that a group is installed, named after its list, the pins and the place.
_python_stamp() {
  printf '%s/stamps/python-%s-%s' "$PREFIX" "$1" \
    "$(cat "$SETUP/requirements-$1.txt" "$SETUP"/constraints*.txt <(echo "$VENV") | sha256sum | cut -c1-12)"
}

# many projects have left Python 3.10, which therefore has pins of its own
_constraints() {
  case $("$VENV/bin/python" --version) in
    *" 3.10."*) echo "$SETUP/constraints-3.10.txt" ;;
    *) echo "$SETUP/constraints.txt" ;;
  esac
}

_install_groups() {
  local group args=() stamps=() names=()
  for group in "$@"; do
    [ -e "$(_python_stamp "$group")" ] && continue
    args+=(-r "$SETUP/requirements-$group.txt")
    stamps+=("$(_python_stamp "$group")")
    names+=("$group")
  done
  [ ${#stamps[@]} -gt 0 ] || return 0
  _create_venv
  say "installing Python packages (${names[*]})"
  "$VENV/bin/python" -m pip install -qq "${args[@]}" -c "$(_constraints)" >&2
  touch "${stamps[@]}"
}

ensure_python() {
  local group missing=
  for group in "$@"; do [ -e "$(_python_stamp "$group")" ] || missing=1; done
  [ -n "$missing" ] || return 0
  mkdir -p "$PREFIX/stamps"
  once "$PREFIX/.install.lock" _install_groups "$@"
}
