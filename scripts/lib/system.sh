# What the scripts share: the toolchain they need, and the system packages. To be sourced.
# shellcheck shell=bash

# Says what is wrong on standard error, and ends with an exit code of sysexits (default: 69, something is missing).
fail() {
  echo "${0##*/}: $1" >&2
  exit "${2:-69}"
}

# Ends with a clear message unless Swift 6.3 or newer is there.
require_swift() {
  local version
  command -v swift >/dev/null \
    || fail "Swift is not installed, or not on the PATH; get 6.3 or newer from https://www.swift.org/install/linux"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
  if [[ ! $version =~ ^([0-9]+)\.([0-9]+)$ ]] || ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] < 603)); then
    fail "this is Swift ${version:-of an unknown version}; get 6.3 or newer from https://www.swift.org/install/linux"
  fi
}

is_installed() {
  [[ $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) == "install ok installed" ]]
}

# Installs those of the Debian packages that are missing, quietly.
install_packages() {
  local package log
  local -a missing=() as_root=()
  command -v dpkg-query >/dev/null \
    || fail "this is no Debian or Ubuntu; install what these packages hold, and take this line out: $*"
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "install these packages first, as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  echo "${0##*/}: installing ${missing[*]}" >&2
  log=$(mktemp)
  if ! {
    "${as_root[@]}" apt-get update -qq \
      && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "these packages could not be installed: ${missing[*]}"
  fi
  rm -f "$log"
}

# The same for packages that bring services of the same name, which are neither started nor left to start at boot:
# Debian's packages ask policy-rc.d first, and are refused.
install_without_services() {
  local package policy=/usr/sbin/policy-rc.d status=0 is_ours=''
  local -a missing=() as_root=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0
  ((EUID == 0)) || as_root=(sudo)
  if [[ ! -e $policy ]] && { ((EUID == 0)) || command -v sudo >/dev/null; }; then
    is_ours=yes
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
  fi
  (install_packages "${missing[@]}") || status=$?
  [[ -z $is_ours ]] || "${as_root[@]}" rm -f "$policy"
  ((status == 0)) || exit "$status"
  ! command -v systemctl >/dev/null || "${as_root[@]}" systemctl disable "${missing[@]}" >/dev/null 2>&1 || true
}

# Installs Python programs that Debian has no packages of into a folder of their own, unless they are there: the folder,
# then NAME==VERSION of each.
install_python_programs() {
  local folder=$1 log
  shift
  [[ $(cat "$folder/installed" 2>/dev/null) != "$*" ]] || return 0
  install_packages python3-venv
  echo "${0##*/}: installing $*" >&2
  log=$(mktemp)
  if ! { /usr/bin/python3 -m venv --clear "$folder" && "$folder/bin/pip" install --quiet "$@"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "these Python programs could not be installed: $*"
  fi
  rm -f "$log"
  echo "$*" >"$folder/installed"
}

# Node, unless there is one of any origin, and WebSockets for those before 22.
install_node() {
  command -v node >/dev/null || install_packages nodejs
  install_packages node-ws
}

# What is needed to compile the hub.
install_build_packages() {
  install_packages libsqlite3-dev libssl-dev pkg-config
}
