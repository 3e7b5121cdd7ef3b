# The same commands as in README.md and .ci/run, by name. `just` alone lists them.

_list:
    @just --list --unsorted

# Walk the seven steps in the lab, e.g. `just lab --scenario refused`
lab *arguments:
    cargo run --locked --release -- lab {{ arguments }}

# Run the tests, or those whose names contain the arguments
test *arguments:
    cargo test --locked {{ arguments }}

# Formatting, lints, documentation, licences and bans
check:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
    cargo deny --locked check --allow unmatched-skip bans licenses sources

# Measure what is claimed to be fast
bench *arguments:
    cargo bench --locked {{ arguments }}

# The program for Linux as one static file, in target/package
static:
    assets/packaging/static.sh

# The Debian package in target/package, the static program and SHA256SUMS beside it
deb:
    assets/packaging/deb.sh

# Everything the continuous integration runs, as it runs it: needs Debian and root
ci:
    .ci/run
