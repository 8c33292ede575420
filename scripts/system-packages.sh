#!/usr/bin/env bash
# What the checks need from Debian. Installs what is missing when that needs no question, else names the command.
set -euo pipefail
missing=()
need() { command -v "$1" >/dev/null 2>&1 || [ -x "$2" ] || missing+=("$3"); }
need npm /usr/bin/npm npm
need initdb /usr/lib/postgresql/15/bin/initdb postgresql
need dovecot /usr/sbin/dovecot dovecot-imapd
need sshd /usr/sbin/sshd openssh-server
need chromium /usr/bin/chromium chromium
need pdftotext /usr/bin/pdftotext poppler-utils
need caddy /usr/bin/caddy caddy
need nginx /usr/sbin/nginx nginx-light
need curl /usr/bin/curl curl
[ ${#missing[@]} -gt 0 ] || exit 0
command="apt-get install --yes --no-install-recommends ${missing[*]}"
if [ "$(id -u)" = 0 ]; then
  echo "Installing from Debian: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && $command -qq >/dev/null
elif sudo -n true 2>/dev/null; then
  sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive $command -qq >/dev/null
else
  echo "Missing: ${missing[*]}. Install with: sudo $command" >&2
  exit 1
fi
