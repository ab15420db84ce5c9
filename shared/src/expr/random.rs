//! What `random()`, `uuid()` and `randomize()` draw. Nothing here is random by itself: the values
//! come from the scope's entropy, the context and how many were drawn before.

use sha2::{Digest, Sha256};

use super::eval::Frame;
use super::value::{Atom, Value};

/// Longest text `uuid(n)` makes.
const MAX_LETTERS: usize = 4_096;

/// Numbers that look random (SplitMix64).
pub(super) struct Random {
    state: u64,
}

impl Frame<'_, '_> {
    /// Fresh numbers: another draw in the same evaluation gives others.
    pub(super) fn random(&self) -> Random {
        let draw = self.drawn.get();
        self.drawn.set(draw + 1);
        let place = self.scope.context.index() as u64;
        let mut mixed = Random { state: self.scope.entropy };
        for part in [place, draw] {
            mixed.state = mixed.next() ^ part;
        }
        mixed
    }
}

impl Random {
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    pub(super) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xFFFF,
            a & 0xFFF,
            8 + (b >> 62),
            b >> 48 & 0xFFF,
            b & 0xFFFF_FFFF_FFFF
        )
    }

    /// So many digits and capital letters.
    pub(super) fn letters(&mut self, n: i32) -> String {
        let n = usize::try_from(n).unwrap_or(0).min(MAX_LETTERS);
        const SIGNS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        (0..n).map(|_| char::from(SIGNS[(self.next() >> 32) as usize % 36])).collect()
    }

    /// The items in another order.
    pub(super) fn shuffled<T: Copy>(mut self, items: &[T]) -> Vec<T> {
        shuffle(items, || self.fraction())
    }
}

/// The items in the order JavaRosa gives for this seed: a number, or a text by its SHA-256.
pub(super) fn shuffled<T: Copy>(items: &[T], seed: &Value<'_>) -> Vec<T> {
    let number = seed.number();
    let seed = match seed.atom() {
        Atom::Text(t) | Atom::Loose(t) if number.is_nan() && !t.is_empty() => {
            let digest = Sha256::digest(t);
            i64::from_be_bytes(std::array::from_fn(|i| digest[i]))
        }
        _ => number as i64,
    };
    let mut generator = ParkMiller::new(seed);
    shuffle(items, || generator.fraction())
}

/// Fisher and Yates, from the inside out.
fn shuffle<T: Copy>(items: &[T], mut fraction: impl FnMut() -> f64) -> Vec<T> {
    let mut out: Vec<T> = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let j = ((fraction() * (i + 1) as f64) as usize).min(i);
        out.push(*item);
        if j != i {
            out[i] = out[j];
            out[j] = *item;
        }
    }
    out
}

/// The generator that makes shuffles the same on every kind of phone.
struct ParkMiller {
    seed: f64,
}

impl ParkMiller {
    const MODULUS: f64 = 2_147_483_647.0;

    fn new(seed: i64) -> ParkMiller {
        let seed = seed as f64 % Self::MODULUS;
        ParkMiller { seed: if seed <= 0.0 { seed + Self::MODULUS - 1.0 } else { seed } }
    }

    fn fraction(&mut self) -> f64 {
        self.seed = self.seed * 16_807.0 % Self::MODULUS;
        (self.seed - 1.0) / (Self::MODULUS - 1.0)
    }
}
