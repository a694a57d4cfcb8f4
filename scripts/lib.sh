# What run, test and bench share: the repository's root, packages, pages. Sourced, never run.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# Linked and needed to build the window; then what a window without a screen and the tests need.
build_packages=(build-essential pkg-config file curl ca-certificates libwebkit2gtk-4.1-dev)
display_packages=(xvfb dbus imagemagick)
test_packages=(webkit2gtk-driver gnome-keyring chromium chromium-driver poppler-utils qpdf strace openssl python3)

missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s\n' "$package"
  done
}

install_packages() {
  command -v apt-get >/dev/null || stop "This script installs Debian and Ubuntu packages; elsewhere install the equivalents of: $*"
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  # Through env: sudo drops variables that stand before it.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

need_tools() {
  [ -f "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"
  command -v cargo >/dev/null || stop "Rust is missing: install rustup, then run this again."
  command -v node >/dev/null || stop "Node.js 20.19 or newer is missing: install it, then run this again."
  # The pages' builder asks for it.
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    stop "Node.js 20.19 or newer is needed; this is $(node --version)."
}

# The pages are built before the programs, which carry them inside.
build_pages() {
  say "Building the pages"
  local stamp=ui/node_modules/.installed
  if [ ! -f "$stamp" ] || [ ui/package-lock.json -nt "$stamp" ]; then
    (cd ui && npm ci --no-fund --no-audit --loglevel=error)
    touch "$stamp"
  fi
  (cd ui && npm run --silent build)
}

# bin NAME: the path of a built program.
bin() { printf '%s/%s/%s' "${CARGO_TARGET_DIR:-$root/target}" "${profile:-debug}" "$1"; }

# wait_for SECONDS WHAT COMMAND…: until the command succeeds.
wait_for() {
  local seconds=$1 what=$2 deadline
  shift 2
  deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || stop "$what did not come within $seconds s."
    sleep 0.2
  done
}
