#!/bin/bash
# Installs, upgrades, removes and purges the Debian package in a folder with a small
# Debian (debootstrap), and looks at each step. Run as root by `make test-deploy`, with
# two packages of different versions.
set -euo pipefail

old=$1 new=$2
root=$(mktemp -d)
chmod 755 "$root"
trap 'umount -q "$root/proc" || true; rm -rf "$root"' EXIT
say() { printf '== %s\n' "$1"; }
fail() { printf 'FAILED: %s\n' "$1" >&2; exit 1; }
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"; }

say "A small Debian"
debootstrap --variant=minbase --include=adduser,ca-certificates bookworm "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$root.log" 2>&1 \
    || { tail -20 "$root.log"; fail "debootstrap"; }
mount -t proc proc "$root/proc"
cp "$old" "$root/old.deb"
cp "$new" "$root/new.deb"

say "Install"
inside dpkg -i /old.deb
inside test -x /usr/bin/duologue || fail "the program is missing"
inside getent passwd duologue >/dev/null || fail "the user is missing"
[ "$(inside stat -c '%U %a' /var/lib/duologue)" = "duologue 700" ] || fail "the folder is open to others"
[ "$(inside stat -c '%U:%G %a' /etc/duologue/duologue.toml)" = "root:duologue 640" ] || fail "the settings are open to others"
for file in /lib/systemd/system/duologue.service /usr/share/man/man1/duologue.1.gz \
    /usr/share/bash-completion/completions/duologue /usr/share/zsh/vendor-completions/_duologue \
    /usr/share/fish/vendor_completions.d/duologue.fish; do
    inside test -s "$file" || fail "$file is missing"
done
as_user() { inside setpriv --reuid=duologue --regid=duologue --init-groups env HOME=/var/lib/duologue "$@"; }
config="--config /etc/duologue/duologue.toml"
echo "three tired swans at noon" | as_user duologue $config setup --practice Lakeside --zone Europe/Berlin \
    --name "Ada Lind" --email ada@example.org --login-name ada
as_user duologue $config user list | grep -q "Ada Lind" || fail "the practice is not set up"

say "Upgrade"
echo "# ours" >>"$root/etc/duologue/duologue.toml"
inside dpkg --force-confold -i /new.deb
grep -q "# ours" "$root/etc/duologue/duologue.toml" || fail "the settings were replaced"
as_user duologue $config user list | grep -q "Ada Lind" || fail "the practice is gone after the upgrade"

say "Remove and purge"
inside dpkg -r duologue
inside test ! -e /usr/bin/duologue || fail "the program is still there"
inside test -e /var/lib/duologue/duologue.db || fail "the data went with the program"
inside dpkg -P duologue
inside test -e /var/lib/duologue/duologue.db || fail "the data were purged"
inside test ! -e /etc/duologue || fail "the settings are still there"
say "The package installs, upgrades and goes, and the practice stays."
