//! Numbers that look random and are the same on every run, and identifiers made of them.
//!
//! Relies on nothing. `SplitMix64` by Sebastiano Vigna, public domain. Not for secrets.

/// A number for this seed.
pub fn number(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number from `from` up to, but not including, `to`.
pub fn between(seed: u64, from: u64, to: u64) -> u64 {
    number(seed).checked_rem(to.saturating_sub(from)).map_or(from, |rest| from.saturating_add(rest))
}

/// A GUID in version 4's form.
pub fn guid(seed: u64) -> String {
    let (high, low) = (number(seed), number(seed ^ 0x5bd1_e995_0000_0001));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_and_another_gives_another() {
        assert_eq!(guid(7), guid(7));
        assert_ne!(guid(7), guid(8));
        assert_eq!(guid(7).len(), 36);
        assert!((0..500).all(|seed| (500..3000).contains(&between(seed, 500, 3000))));
    }
}
