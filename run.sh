#!/bin/sh
# The two commands of corridor, for a machine with a Rust toolchain and Python 3 and nothing else:
#
#   sh run.sh demo [OUT]   set up, build, run the model on its own data; the bundle lands in OUT (default ./out)
#   sh run.sh test         set up, then every check: format, lints, tests, benches, docs, notebook
#
# Set-up installs what is missing of cmake, make, a C++ compiler and libclang (for the solver), and for the tests
# Python's venv, with apt-get. Nothing is installed that is there already. Everything else stays under target/.
set -eu

caller=$(pwd)
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-target}
program=$target/release/corridor

say() { printf '%s\n' "$@"; }

fail() {
    printf 'run.sh: %s\n' "$*" >&2
    exit 1
}

usage() {
    say 'usage: sh run.sh demo [OUT]   build corridor and write a bundle to OUT (default ./out)'
    say '       sh run.sh test         run every check of the project'
}

# step NAME COMMAND...: runs the command, says how long it took, and stops with the step's name when it fails.
step() {
    name=$1
    shift
    say "" "== $name"
    begin=$(date +%s)
    if "$@"; then
        say "== $name: done in $(($(date +%s) - begin)) s"
    else
        code=$?
        printf '\nrun.sh: step "%s" FAILED with exit code %s: %s\n' "$name" "$code" "$*" >&2
        exit 1
    fi
}

# --- set-up ---------------------------------------------------------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }

# The development package: the library with the compiler's own headers.
have_libclang() {
    [ -n "${LIBCLANG_PATH:-}" ] && return 0
    for file in /usr/lib/llvm-*/lib/libclang.so /usr/lib*/libclang.so /usr/lib/*-linux-gnu*/libclang.so \
        /usr/local/lib/libclang.so; do
        [ -e "$file" ] && return 0
    done
    return 1
}

# A Python that can make a virtual environment: Debian keeps the means in a package of its own.
find_python() {
    for python in python3 /usr/bin/python3; do
        have "$python" && "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 && return 0
    done
    return 1
}

missing_packages() {
    have cmake || printf ' cmake'
    have make || printf ' make'
    { have cc && have c++; } || printf ' g++'
    have_libclang || printf ' libclang-dev'
    [ "$1" = demo ] || find_python || printf ' python3 python3-venv'
}

install_packages() {
    have apt-get || fail "missing: $*; there is no apt-get here: install them, then run this again"
    root=
    if [ "$(id -u)" -ne 0 ]; then
        have sudo || fail "missing: $*; as root run: apt-get install $*"
        root=sudo
    fi
    say "Installing with apt-get${root:+ (through sudo)}: $*"
    install="$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $*"
    # The lists of packages are fetched only when the first try shows that they are missing or stale.
    $install >/dev/null 2>&1 || { $root apt-get update -q && $install; } ||
        fail "apt-get could not install: $*; see its message above"
}

set_up() {
    have cargo || PATH=${CARGO_HOME:-${HOME:-/root}/.cargo}/bin:$PATH
    have cargo || fail "there is no cargo: install a Rust toolchain, then run this again"
    wanted=$(sed -n 's/^rust-version = "1\.\([0-9]*\).*/\1/p' Cargo.toml)
    found=$(rustc --version | sed -n 's/^rustc 1\.\([0-9]*\).*/\1/p')
    [ "${found:-0}" -ge "$wanted" ] || fail "Rust 1.$wanted or later is needed; this is $(rustc --version)"
    packages=$(missing_packages "$1")
    if [ -n "$packages" ]; then
        # shellcheck disable=SC2086 # one word a package
        install_packages $packages
        packages=$(missing_packages "$1")
        [ -z "$packages" ] || fail "still missing after the installation:$packages"
    fi
    if [ ! -x "$program" ]; then
        say "First build: some 300 libraries and the solver are compiled once. This takes about 10 to 16 minutes on 2 cores;"
        say "later builds take about a minute."
    fi
}

# Pinned packages in target/venv, made again only when the pins change.
set_up_venv() {
    venv=$target/venv
    cmp -s notebooks/requirements.txt "$venv/requirements.txt" && "$venv/bin/python" -c '' && return 0
    find_python || return 1
    rm -rf "$venv"
    "$python" -m venv "$venv" &&
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r notebooks/requirements.txt &&
        cp notebooks/requirements.txt "$venv/requirements.txt"
}

# --- the two commands -----------------------------------------------------------------------------------------------

demo() {
    case $1 in
    /*) out=$1 ;;
    *) out=$caller/$1 ;;
    esac
    set_up demo
    step "build" cargo build --release --locked
    step "run" "$program" run --out "$out"
    say "" "The bundle is in $out. Open first:" \
        "  $out/report.html   what was found, with the maps and charts (works offline)" \
        "  $out/tables.xlsx   every table in one workbook" \
        "  $out/map.geojson   the map for a GIS" \
        "  $out/figures/      each figure as SVG and PNG with its caption and numbers"
}

document() { RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --release --locked; }

run_model() { rm -rf "$target/bundle" && "$program" run --out "$target/bundle"; }

check_notebook() {
    "$target/venv/bin/python" notebooks/check.py notebooks/planner.ipynb "$target/bundle" "$target/notebook"
}

# Everything is compiled in the release profile, so that libraries are built once for all of it.
test_all() {
    set_up test
    step "Python packages" set_up_venv
    step "format" cargo fmt --check
    step "lints" cargo clippy --release --all-targets --locked -- -D warnings
    step "tests" cargo test --release --locked --tests
    step "documentation tests" cargo test --release --locked --doc
    step "benches, each once" cargo test --release --locked --bench stages --bench peers
    step "documentation" document
    step "bundle" run_model
    step "notebook" check_notebook
    say "" "All checks passed."
}

case ${1:-} in
demo)
    [ $# -le 2 ] || fail "demo takes one argument, the folder to write"
    demo "${2:-out}"
    ;;
test)
    [ $# -eq 1 ] || fail "test takes no argument"
    test_all
    ;;
-h | --help | help) usage ;;
*)
    usage >&2
    exit 2
    ;;
esac
