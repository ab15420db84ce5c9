//! Moments as bytes: what is read and written with every submission, and for every village of a
//! province when it is scored.
//!
//! Version 1: the byte 1, the six outcome counts, the number of measures, then twelve integers per
//! measure in the order of [`Moment`]'s fields. Integers are zigzag LEB128 in the fewest bytes, so
//! equal moments have equal bytes and other bytes are refused.

use super::{Moment, Outcomes, VillageMoments};

const VERSION: u8 = 1;
/// Measures of a set at most; more is no moments of ours.
const MOST: i128 = 10_000;

impl VillageMoments {
    /// The moments as bytes.
    pub fn pack(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + 24 * self.measures.len());
        bytes.push(VERSION);
        let o = &self.outcomes;
        for count in [o.completed, o.absent, o.refused, o.moved, o.not_found, o.unclear] {
            put(&mut bytes, count.into());
        }
        put(&mut bytes, self.measures.len() as i128);
        for m in &self.measures {
            for count in [m.n, m.in_domain, m.unknown_households] {
                put(&mut bytes, count.into());
            }
            for sum in [m.y, m.x, m.u, m.yy, m.xx, m.xy, m.uu, m.ux, m.uy] {
                put(&mut bytes, sum);
            }
        }
        bytes
    }

    /// Reads what [`VillageMoments::pack`] wrote; `None` for anything else.
    pub fn unpack(bytes: &[u8]) -> Option<VillageMoments> {
        let (&VERSION, mut rest) = bytes.split_first()? else { return None };
        let rest = &mut rest;
        let outcomes = Outcomes {
            completed: count(rest)?,
            absent: count(rest)?,
            refused: count(rest)?,
            moved: count(rest)?,
            not_found: count(rest)?,
            unclear: count(rest)?,
        };
        let number = take(rest)?;
        if !(0..=MOST).contains(&number) {
            return None;
        }
        let mut measures = Vec::with_capacity(number as usize);
        for _ in 0..number {
            measures.push(Moment {
                n: count(rest)?,
                in_domain: count(rest)?,
                unknown_households: count(rest)?,
                y: take(rest)?,
                x: take(rest)?,
                u: take(rest)?,
                yy: take(rest)?,
                xx: take(rest)?,
                xy: take(rest)?,
                uu: take(rest)?,
                ux: take(rest)?,
                uy: take(rest)?,
            });
        }
        rest.is_empty().then_some(VillageMoments { outcomes, measures })
    }
}

fn put(bytes: &mut Vec<u8>, value: i128) {
    let mut rest = ((value << 1) ^ (value >> 127)).cast_unsigned();
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

fn count(bytes: &mut &[u8]) -> Option<i64> {
    i64::try_from(take(bytes)?).ok()
}

fn take(bytes: &mut &[u8]) -> Option<i128> {
    let mut value = 0u64;
    let mut n = 0;
    // Nearly all are small enough for one register.
    while n < 9 {
        let byte = *bytes.get(n)?;
        value |= u64::from(byte & 0x7f) << (7 * n);
        if byte < 0x80 {
            if byte == 0 && n > 0 {
                return None;
            }
            *bytes = &bytes[n + 1..];
            return Some(((value >> 1).cast_signed() ^ -(value & 1).cast_signed()).into());
        }
        n += 1;
    }
    take_large(bytes)
}

fn take_large(bytes: &mut &[u8]) -> Option<i128> {
    let mut value = 0u128;
    for (n, &byte) in bytes.iter().enumerate() {
        let part = u128::from(byte & 0x7f);
        let shift = 7 * n as u32;
        // 19 bytes hold 133 bits.
        if shift >= 128 || (part << shift) >> shift != part || (byte == 0 && n > 0) {
            return None;
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            *bytes = &bytes[n + 1..];
            return Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn integer() -> impl Strategy<Value = i128> {
        prop_oneof![any::<i128>(), -300..300i128, Just(i128::MIN), Just(i128::MAX)]
    }

    proptest! {
        #[test]
        fn integers_come_back_in_the_fewest_bytes(value in integer(), more in any::<[u8; 3]>()) {
            let mut bytes = Vec::new();
            put(&mut bytes, value);
            let length = bytes.len();
            prop_assert!(length <= 19);
            bytes.extend(more);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(take(&mut rest), Some(value));
            prop_assert_eq!(rest, more.as_slice());
            // The same number in one byte more is no number of ours.
            bytes.truncate(length);
            bytes[length - 1] |= 0x80;
            prop_assert_eq!(take(&mut bytes.as_slice()), None);
            bytes.push(0);
            prop_assert_eq!(take(&mut bytes.as_slice()), None);
        }

        #[test]
        fn any_bytes_are_read_to_the_same_bytes_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut ours = vec![VERSION];
            ours.extend(&bytes);
            for bytes in [bytes, ours] {
                if let Some(moments) = VillageMoments::unpack(&bytes) {
                    prop_assert_eq!(moments.pack(), bytes);
                }
            }
        }
    }

    #[test]
    fn moments_are_a_few_bytes_each() {
        let empty = VillageMoments::empty(50);
        assert_eq!(empty.pack().len(), 1 + 6 + 1 + 50 * 12);
        assert_eq!(VillageMoments::unpack(&empty.pack()), Some(empty));
        assert_eq!(VillageMoments::unpack(&[]), None);
        assert_eq!(VillageMoments::unpack(&[2, 0, 0, 0, 0, 0, 0, 0]), None, "another version");
    }
}
