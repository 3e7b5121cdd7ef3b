#!/usr/bin/env bash
# Makes a package for Debian and its kin from the static program: the manual, completions and an example beside it.
# The same source gives the same bytes. What is printed last is its path. Needs what static.sh needs, and dpkg-deb.
set -euo pipefail
cd "$(dirname "$0")/../.."
program="$(assets/packaging/static.sh | tail -n 1)"
package="$(dirname "$program")"
version="$(cargo pkgid --locked)"
version="${version##*[#@]}"
architecture="$(dpkg --print-architecture)"
# Every time in the package: the commit's, or what a packager without a repository says.
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git -c safe.directory='*' log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH

tree="$(mktemp -d)"
trap 'rm -rf "$tree"' EXIT
# lay PATH [MODE]: what comes on standard input, as this file of the package.
lay() { install -D -m "${2:-0644}" /dev/stdin "$tree/$1"; }
documents=usr/share/doc/mdi-console

lay usr/bin/mdi-console 0755 < "$program"
"$program" man | gzip -9n | lay usr/share/man/man1/mdi-console.1.gz
"$program" completions bash | lay usr/share/bash-completion/completions/mdi-console
"$program" completions zsh | lay usr/share/zsh/vendor-completions/_mdi-console
"$program" completions fish | lay usr/share/fish/vendor_completions.d/mdi-console.fish
lay "$documents/examples/mdi-console.toml" < assets/site.example.toml
lay "$documents/copyright" < assets/packaging/copyright
# Debian's own list of changes, in its own form.
maintainer="$(sed -n 's/^Maintainer: //p' assets/packaging/control)"
printf 'mdi-console (%s) unstable; urgency=medium\n\n  * What changed is told in CHANGELOG.md.gz beside this file.\n\n -- %s  %s\n' \
  "$version" "$maintainer" "$(LC_ALL=C date -Ru -d "@$SOURCE_DATE_EPOCH")" | gzip -9n | lay "$documents/changelog.gz"
gzip -9n < CHANGELOG.md | lay "$documents/CHANGELOG.md.gz"
gzip -9n < README.md | lay "$documents/README.md.gz"
assets/packaging/licences.sh | gzip -9n | lay "$documents/third-party-licences.gz"
lay usr/share/lintian/overrides/mdi-console < assets/packaging/lintian-overrides

size="$(find "$tree" -type f -printf '%s\n' | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')"
sed "s/@version@/$version/; s/@architecture@/$architecture/; s/@size@/$size/" assets/packaging/control |
  lay DEBIAN/control
(cd "$tree" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) | lay DEBIAN/md5sums
find "$tree" -type d -exec chmod 0755 {} +

file="$package/mdi-console_${version}_$architecture.deb"
dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$tree" "$file" >&2
(cd "$package" && sha256sum "${program##*/}" "${file##*/}" > SHA256SUMS)
echo "$file"
