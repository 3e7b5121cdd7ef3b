#!/usr/bin/env bash
# Builds the program for Linux as one file that needs nothing of the machine it runs on; wherever it is built, the same
# bytes. What is printed last is its path. Needs a C compiler, glibc's static library (libc6-dev), and the toolchain.
set -euo pipefail
cd "$(dirname "$0")/../.."
package="${CARGO_TARGET_DIR:-target}/package"
target="$(rustc --print host-tuple)"
version="$(cargo pkgid --locked)"
version="${version##*[#@]}"

# No path of the machine that builds. Cargo separates these by its own sign, so that a path may hold a space.
sign=$'\x1f'
flags="-Ctarget-feature=+crt-static"
# The relocations of a program that may lie anywhere, packed: half a megabyte.
flags+="${sign}-Clink-arg=-Wl,-z,pack-relative-relocs"
# Functions that came out the same, kept once; only the linker that comes with Rust on this architecture can.
if [ "${target%%-*}" = x86_64 ]; then
  flags+="${sign}-Clink-arg=-Wl,--icf=all${sign}-Clink-arg=-Wl,-O2"
fi
flags+="${sign}--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo${sign}--remap-path-prefix=$PWD=/mdi-console"
export CARGO_ENCODED_RUSTFLAGS="$flags"

cargo build --release --locked --target "$target" >&2
mkdir -p "$package"
file="$package/mdi-console-$version-${target%%-*}-linux"
install -m 0755 "${CARGO_TARGET_DIR:-target}/$target/release/mdi-console" "$file"
echo "$file"
