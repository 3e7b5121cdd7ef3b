#!/usr/bin/env bash
# Prints whose work is linked into the program, and the licences it comes with, each text once.
# Relies on the crates' sources where cargo keeps them.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$(rustc --print host-tuple)"
crates="$(cargo tree --locked --edges normal --target "$target" --prefix none --format '{p} | {l} | {r}' |
  sed 's/ (proc-macro)//' | grep -v '^mdi-console ' | sed 's/ ([^)]*)//' | LC_ALL=C sort -u)"
echo "mdi-console is linked with these crates, and with glibc (LGPL-2.1-or-later). Their sources are at the addresses named,"
echo "and on crates.io; mdi-console's own, with which it can be linked anew, is where this package comes from."
echo
echo "$crates"
declare -A seen=()
while read -r name version _; do
  for file in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$name-${version#v}"/{LICENSE,LICENCE,COPYING,COPYRIGHT,NOTICE}*; do
    [ -f "$file" ] || continue
    sum="$(sha256sum < "$file")"
    [ -z "${seen[$sum]:-}" ] || continue
    seen[$sum]=1
    printf '\n\n---- %s %s, %s\n\n' "$name" "$version" "${file##*/}"
    cat "$file"
  done
done <<< "$crates"
