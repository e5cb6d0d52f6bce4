#!/usr/bin/env bash
# Installs Debian packages. Waits at most ten minutes for another apt that is
# running, as on a machine that has just started or for unattended upgrades.
#
#   apt.sh PACKAGE...
set -euo pipefail

[ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2; }
command -v apt-get >/dev/null || { echo "Please install $*: this machine has no apt-get." >&2; exit 1; }
wait=${APT_WAIT:-600}
root=()
[ "$(id -u)" = 0 ] || root=(sudo)

# `apt-get update` has its own lock, for which DPkg::Lock::Timeout does not wait
# (apt 2.6), so it is tried again.
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
begin=$SECONDS
until "${root[@]}" env LC_ALL=C apt-get update -qq -o "DPkg::Lock::Timeout=$wait" 2>"$errors"; do
  if ! grep -q 'Could not get lock' "$errors" || [ $((SECONDS - begin)) -ge "$wait" ]; then cat "$errors" >&2; exit 1; fi
  [ -n "${announced:-}" ] || echo 'Waiting for another apt to finish.' >&2
  announced=yes
  sleep "${APT_PAUSE:-3}"
done
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  -o "DPkg::Lock::Timeout=$wait" "$@" >/dev/null
