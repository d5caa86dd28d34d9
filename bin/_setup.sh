# Sourced by bin/run, bin/test and bin/manage: finds or makes what they need. POSIX sh; a bare machine has no more.
# Every failure ends in one line that says what to do.

set -eu
# PORT, DATABASE_URL, REDIS_URL and the rest are read by config/settings.py, from the environment or from .env.
VENV=${VENV_DIR:-$ROOT/.venv}
PY=$VENV/bin/python
export DJANGO_SETTINGS_MODULE=config.settings

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# from_env_file NAME DEFAULT: a value of .env, for the few settings that the scripts themselves need.
from_env_file() {
  value=$(sed -n "s/^ *\(export  *\)\{0,1\}$1 *= *//p" "$ROOT/.env" 2>/dev/null | tail -n 1)
  case $value in \"*\" | \'*\') value=${value#?}; value=${value%?} ;; esac
  printf '%s' "${value:-$2}"
}

# The folder of config/settings.py: a path counts from the project's folder.
data_folder() {
  folder=${DATA_DIR:-$(from_env_file DATA_DIR var)}
  case $folder in /*) printf '%s' "$folder" ;; *) printf '%s' "$ROOT/$folder" ;; esac
}

is_root() { [ "$(id -u)" = 0 ]; }

# May packages be installed? Sets as_root to what does it.
may_install() {
  as_root=
  is_root && return 0
  command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; } && as_root=sudo
}

# apt_has PACKAGE: whether the system's packages have it; a bare machine knows of none before it has asked.
apt_has() {
  command -v apt-cache >/dev/null 2>&1 || return 1
  apt-cache show "$1" >/dev/null 2>&1 && return 0
  may_install && $as_root apt-get update -qq >/dev/null 2>&1 && apt-cache show "$1" >/dev/null 2>&1
}

# apt_get PACKAGE…: installs them, or says exactly what to install.
apt_get() {
  command -v apt-get >/dev/null 2>&1 || die "Missing on this machine: $*. Install them with your package manager, then run this again."
  may_install || die "Missing on this machine: $*. Ask an administrator for: apt-get install $*"
  say "Installing $* …"
  log=$(mktemp)
  if ! { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2; rm -f "$log"
    die "apt-get could not install $*: see the lines above, mend that, then run this again."
  fi
  rm -f "$log"
}

# Python -------------------------------------------------------------------------------------------------------------
python_is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

python_version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

# Whoever names a Python gets that one, or hears why not.
need_usable_python() {
  [ -n "${PYTHON:-}" ] || return 0
  command -v "$PYTHON" >/dev/null 2>&1 || die "PYTHON=$PYTHON is no program here: name the path of a Python of 3.11 or newer, or unset PYTHON."
  version=$(python_version "$PYTHON") || die "PYTHON=$PYTHON does not run as a Python: name one of 3.11 or newer, or unset PYTHON."
  python_is_new_enough "$PYTHON" || die "PYTHON=$PYTHON is Python $version, and 3.11 or newer is needed: name another one, or unset PYTHON."
  if [ -x "$PY" ] && [ "$(python_version "$PY")" != "$version" ]; then
    die "PYTHON=$PYTHON is Python $version, and the environment $VENV was made with $(python_version "$PY"): delete that folder to have it made anew, or unset PYTHON."
  fi
}

find_python() {
  for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
    if command -v "$name" >/dev/null 2>&1 && python_is_new_enough "$name"; then
      "$name" -c 'import sys; print(sys.executable)'  # the real file: uv does not follow pyenv's shims
      return 0
    fi
  done
  return 1
}

need_python() {
  BASE_PYTHON=$(find_python) && return 0
  command -v apt-get >/dev/null 2>&1 && apt_get python3 python3-venv ca-certificates
  BASE_PYTHON=$(find_python) || die "Python 3.11 or newer is needed, and this machine's packages have none: install one, or name it with PYTHON=/path/to/python3."
}

need_uv() {
  if command -v uv >/dev/null 2>&1; then UV=uv; return 0; fi
  UV=$VENV.tools/bin/uv
  [ -x "$UV" ] && return 0
  "$BASE_PYTHON" -c 'import ensurepip, venv' >/dev/null 2>&1 || apt_get python3-venv ca-certificates
  say "Fetching the installer (uv) …"
  "$BASE_PYTHON" -m venv "$VENV.tools" || die "Could not make the folder $VENV.tools: see the lines above."
  "$VENV.tools/bin/python" -m pip install --quiet --disable-pip-version-check "uv>=0.9" || die "Could not install uv from the package index: check the network, then run this again."
}

# can_be_made FOLDER: whether it can be written, or made where it is not there yet.
can_be_made() {
  folder=$1
  while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
  [ -w "$folder" ]
}

# need_packages run|test: the pinned requirements, each checked against its hash. Quick when nothing changed.
need_packages() {
  need_usable_python
  want=$(cksum <"$ROOT/requirements/$1.txt")
  if [ -x "$PY" ] && [ "$(cat "$VENV/installed-$1" 2>/dev/null)" = "$want" ]; then return 0; fi
  # Only who installs must write: in the image all is there, and its user may write nothing of it.
  can_be_made "$VENV" || die "The folder $ROOT cannot be written: copy the project to a folder of your own, or set VENV_DIR and DATA_DIR to such folders."
  need_python
  need_uv
  if [ -r /etc/ssl/certs/ca-certificates.crt ]; then export UV_SYSTEM_CERTS=1; fi
  [ -x "$PY" ] || "$UV" venv --quiet --no-config --python "$BASE_PYTHON" "$VENV" || die "Could not make the environment $VENV: see the lines above."
  say "Installing the pinned packages (requirements/$1.txt) …"
  "$UV" pip install --quiet --no-config --python "$PY" --compile-bytecode --require-hashes -r "$ROOT/requirements/$1.txt" || die "Could not install the packages: check the network, then run this again."
  printf '%s' "$want" >"$VENV/installed-$1"
  # The test requirements contain the others.
  if [ "$1" = test ]; then printf '%s' "$(cksum <"$ROOT/requirements/run.txt")" >"$VENV/installed-run"; fi
}

# System libraries ---------------------------------------------------------------------------------------------------
has_library() { "$PY" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" >/dev/null 2>&1; }

need_libraries() {
  missing=
  has_library libpango-1.0.so.0 || missing="$missing libpango-1.0-0"
  has_library libpangoft2-1.0.so.0 || missing="$missing libpangoft2-1.0-0"
  has_library libharfbuzz-subset.so.0 || missing="$missing libharfbuzz-subset0"
  if [ -n "$missing" ]; then apt_get $missing; fi
}

# The project's own things -------------------------------------------------------------------------------------------
manage() { (cd "$ROOT" && "$PY" manage.py "$@"); }

may_write() { [ -w "$1" ]; }
is_up_to_date() { [ -e "$1" ] && ! [ "$2" -nt "$1" ]; }

# compile_messages PO MO: the file that Django reads.
compile_messages() {
  "$VENV/bin/pybabel" --quiet compile --input-file "$1" --output-file "$2" 2>/dev/null || die "The messages in $1 do not compile: run $VENV/bin/pybabel compile -i $1 -o $2 to see why."
}

# Beside the texts, or in the data folder where the project cannot be written; there config/settings.py looks first.
need_messages() {
  for po in "$ROOT"/locale/*/LC_MESSAGES/django.po; do
    [ -e "$po" ] || continue
    beside=${po%.po}.mo
    apart=$(data_folder)/${beside#"$ROOT"/}
    if ! is_up_to_date "$beside" "$po"; then
      if may_write "$(dirname "$po")"; then
        compile_messages "$po" "$beside"
      elif is_up_to_date "$apart" "$po"; then
        continue
      else
        (umask 077; mkdir -p "$(dirname "$apart")") 2>/dev/null || die "The folder $(data_folder) cannot be written: set DATA_DIR to a folder of your own."
        compile_messages "$po" "$apart"
        continue
      fi
    fi
    if [ -e "$apart" ]; then rm -f "$apart" || true; fi
  done
}

need_app() {
  need_packages "$1"
  need_libraries
  need_messages
}

free_port() { "$PY" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
