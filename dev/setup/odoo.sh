# shellcheck shell=bash
# Odoo 19 in PREFIX (sourced by env.sh): the folder ODOO_PATH, or Debian's package unpacked without root's rights.

QUEUE_JOB=odoo-addon-queue-job==19.0.2.4.0.1
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
DEBS=$PREFIX/debs

# Prints the folder that holds the package `odoo`.
_odoo_home() {
  local path=${ODOO_PATH:-}
  if [ -z "$path" ]; then
    echo "$PREFIX/root/usr/lib/python3/dist-packages"
  elif [ -e "$path/odoo/release.py" ]; then
    (cd "$path" && pwd -P)
  elif [ -e "$path/release.py" ]; then
    (cd "$path/.." && pwd -P)
  else
    die "ODOO_PATH=$path holds no Odoo: expected $path/odoo/release.py"
  fi
}

# The mirror which this machine already uses for Debian's main archive.
_mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' 2>/dev/null |
    grep -v -- '-security' | sort -u | head -1
}

_find_mirror() {
  local mirror=
  command -v apt-get >/dev/null || die "this system has no apt: name a folder with Odoo 19 in ODOO_PATH"
  mirror=$(_mirror) || true
  if [ -z "$mirror" ] && [ "$(id -u)" = 0 ]; then
    say "reading the package lists (apt-get update)"
    apt-get update -q >/dev/null
    mirror=$(_mirror) || true
  fi
  [ -n "$mirror" ] || die "apt knows no Debian mirror (lists missing? run 'apt-get update' as root once)," \
    "or name a folder with Odoo 19 in ODOO_PATH"
  [ -e "$KEYRING" ] || die "$KEYRING is missing (package debian-archive-keyring), or give ODOO_PATH"
  echo "$mirror"
}

# apt with lists, sources and state of its own: nothing of the system's is read or changed.
_private_apt() {
  local apt=$PREFIX/apt
  apt-get -q -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferencesparts=/dev/null -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" \
    -o Dir::Cache="$apt/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

# odoo-19 is in sid alone and moves on there, so the .deb files stay in PREFIX/debs.
_download_debs() {
  [ -e "$DEBS/complete" ] && return
  local mirror apt=$PREFIX/apt
  mirror=$(_find_mirror) || exit 1
  say "downloading Debian's odoo-19"
  mkdir -p "$apt"/state/lists/partial "$apt"/cache/archives/partial "$DEBS"
  rm -f "$DEBS"/*.deb
  : >"$apt/status"
  printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$mirror" sid "$KEYRING" "$mirror" trixie >"$apt/sources.list"
  _private_apt update >/dev/null || die "apt cannot read Debian's package lists"
  # after odoo-19: the web assets it has as symbolic links; Odoo needs font-awesome 4.7, which is trixie's
  (cd "$DEBS" && _private_apt download odoo-19 fonts-font-awesome/trixie fonts-glyphicons-halflings \
    fonts-inconsolata fonts-montserrat fonts-ocr-b fonts-roboto-unhinted libjs-jquery libjs-jquery-form \
    libjs-underscore >/dev/null) ||
    die "Debian's mirror offers no odoo-19 now: name a folder with Odoo 19 in ODOO_PATH"
  rm -rf "$apt"
  touch "$DEBS/complete"
}

_unpack_debs() {
  local deb tmp=$PREFIX/root.tmp lib
  [ -e "$PREFIX/root" ] && return
  _download_debs
  say "unpacking Odoo"
  rm -rf "$tmp" && mkdir -p "$tmp"
  for deb in "$DEBS"/*.deb; do
    # the translations are 70 % of the files: only French and German stay
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tmp" --no-same-owner --exclude='*/i18n*/[!df]*.po' \
      --exclude='*/i18n*/d[!e]*.po' --exclude='*/i18n*/f[!r]*.po' --exclude='*/i18n*/??[!.]*.po'
  done
  # Debian leaves out this file, which is not free; without it every browser test fails on "Could not get content"
  lib=$tmp/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation
  mkdir -p "$lib" && echo "/* stub */" >"$lib/selfie_segmentation.js"
  mv "$tmp" "$PREFIX/root"
}

_odoo_stamp() {
  printf '%s/stamps/odoo-%s' "$PREFIX" \
    "$(echo "$VENV $ODOO_HOME $QUEUE_JOB $(declare -f _install_odoo)" | sha256sum | cut -c1-12)"
}

_install_odoo() {
  [ -e "$(_odoo_stamp)" ] && return
  local site
  [ -n "${ODOO_PATH:-}" ] || _unpack_debs
  grep -q '^version_info = (19,' "$ODOO_HOME/odoo/release.py" || die "$ODOO_HOME/odoo is not Odoo 19"
  # --no-deps: the package asks for "odoo", which PyPI does not have
  "$VENV/bin/python" -m pip install -qq --no-deps "$QUEUE_JOB" >&2
  site=$("$VENV/bin/python" -c 'import site; print(site.getsitepackages()[0])')
  echo "$ODOO_HOME" >"$site/odoo-home.pth"
  # a file, not `python -m odoo`: the server starts its gevent worker by running sys.argv[0] again
  printf 'import odoo.cli\n\nodoo.cli.main()\n' >"$VENV/bin/odoo-bin"
  printf '#!/bin/sh\nexec "%s/bin/python" "%s/bin/odoo-bin" "$@"\n' "$VENV" "$VENV" >"$VENV/bin/odoo"
  chmod +x "$VENV/bin/odoo"
  say "$("$VENV/bin/odoo" --version 2>/dev/null) is ready"
  rm -f "$PREFIX"/stamps/odoo-*
  touch "$(_odoo_stamp)"
}

# Odoo and pytest take an addon's name from its folder: give it one, whatever this checkout is called.
link_addon() {
  mkdir -p "$ADDONS_DIR"
  [ "$(readlink "$ADDONS_DIR/$ADDON")" = "$ROOT" ] || ln -sfn "$ROOT" "$ADDONS_DIR/$ADDON"
}

_configure_odoo() {
  link_addon
  mkdir -p "$RUN/data" "$RUN/logs"
  printf '%s\n' '[options]' "addons_path = $ADDONS_DIR" "data_dir = $RUN/data" 'http_interface = 127.0.0.1' \
    'list_db = False' 'server_wide_modules = base,web,queue_job' >"$ODOO_CONF.$$"
  mv "$ODOO_CONF.$$" "$ODOO_CONF"
}

ensure_odoo() {
  ODOO_HOME=$(_odoo_home) || exit 1
  ensure_python odoo addon
  [ -e "$(_odoo_stamp)" ] || once "$PREFIX/.install.lock" _install_odoo
  _configure_odoo
}
