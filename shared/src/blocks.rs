//! A list cut into blocks of lines by what stands in it, so that a phone that has an older version
//! fetches only what changed. A line ends a block when its own hash says so: a line added or removed
//! moves no other block's ends, and neither side has to remember what the other has.
//!
//! The phone does the same (`server/web/app/blocks.js`); `tests/web/app/blocks.json` holds both to one
//! answer. A hash of a block is no proof of its content: who puts a list together compares its SHA-256.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// One line of so many ends a block, on average: as many bits of its hash are 0.
const BITS: u32 = 5;
/// FNV-1a, 32 bits, over UTF-16 units: what a phone has at hand.
const BASIS: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// Lines that stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'t> {
    /// Hash of its lines.
    pub hash: u32,
    /// Its lines with their ends.
    pub text: &'t str,
}

/// A piece of the newer list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// Blocks of the older list: the first, from 0, and how many.
    Kept([usize; 2]),
    /// Lines that are not in it.
    New(String),
}

/// The blocks of a list; together they are the list.
pub fn blocks(list: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut end, mut hash) = (list, 0, 0_u32);
    for line in list.split_inclusive('\n') {
        let units = line.encode_utf16();
        let own = units.fold(BASIS, |hash, unit| (hash ^ u32::from(unit)).wrapping_mul(PRIME));
        hash = (hash ^ own).wrapping_mul(PRIME);
        end += line.len();
        if own >> (32 - BITS) == 0 || end == rest.len() {
            let (text, after) = rest.split_at(end);
            found.push(Block { hash, text });
            (rest, end, hash) = (after, 0, 0);
        }
    }
    found
}

/// How `list` is made of the blocks with these hashes, and of what is new in it.
pub fn changes(known: &[u32], list: &str) -> Vec<Part> {
    let places: HashMap<u32, usize> =
        known.iter().enumerate().map(|(n, hash)| (*hash, n)).collect();
    let mut parts: Vec<Part> = Vec::new();
    for block in blocks(list) {
        match (places.get(&block.hash), parts.last_mut()) {
            (Some(at), Some(Part::Kept([from, count]))) if *from + *count == *at => *count += 1,
            (Some(at), _) => parts.push(Part::Kept([*at, 1])),
            (None, Some(Part::New(text))) => text.push_str(block.text),
            (None, _) => parts.push(Part::New(block.text.to_owned())),
        }
    }
    parts
}

/// The newer list, from the blocks of the older one; `None` where a part names a block there is not.
pub fn joined(known: &[Block<'_>], parts: &[Part]) -> Option<String> {
    let mut list = String::new();
    for part in parts {
        match part {
            Part::New(text) => list.push_str(text),
            Part::Kept([from, count]) => {
                let blocks = known.get(*from..from.checked_add(*count)?)?;
                list.extend(blocks.iter().map(|block| block.text));
            }
        }
    }
    Some(list)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(from: usize, to: usize) -> String {
        (from..to).map(|n| format!("u0066.01.{n:04},Giàng A Páo {n}\n")).collect()
    }

    #[test]
    fn one_line_changed_among_thousands_is_one_block() {
        let old = rows(0, 5_000);
        let own = blocks(&old);
        assert!((100..250).contains(&own.len()), "{} blocks", own.len());
        assert_eq!(own.iter().map(|block| block.text).collect::<String>(), old);
        let hashes: Vec<u32> = own.iter().map(|block| block.hash).collect();
        for new in [
            old.replace("Páo 2500\n", "Pao 2500\n"),
            old.replace("u0066.01.2500,Giàng A Páo 2500\n", ""),
            old.replace("Páo 2500\n", "Páo 2500\nu0066.01.2500b,Lù Thị Mẩy\n"),
        ] {
            let parts = changes(&hashes, &new);
            assert_eq!(joined(&own, &parts).as_ref(), Some(&new));
            let sent: usize = parts
                .iter()
                .map(|part| if let Part::New(text) = part { text.len() } else { 0 })
                .sum();
            assert!(parts.len() <= 3 && sent < old.len() / 20, "{sent} bytes");
        }
        assert_eq!(changes(&hashes, &old), [Part::Kept([0, own.len()])]);
        assert_eq!(joined(&own, &[Part::Kept([own.len(), 1])]), None);
    }

    #[test]
    fn phones_cut_as_we_do() {
        let cases: Vec<(String, Vec<(u32, usize)>)> =
            serde_json::from_str(include_str!("../../tests/web/app/blocks.json")).unwrap();
        assert!(cases.len() > 3);
        for (list, expected) in cases {
            let ours: Vec<(u32, usize)> = blocks(&list)
                .iter()
                .map(|block| (block.hash, block.text.encode_utf16().count()))
                .collect();
            assert_eq!(ours, expected);
        }
    }

    proptest! {
        #[test]
        fn what_changed_and_what_was_there_are_the_newer_list(
            old in "([a-c𝒂ế\"]{0,3}\r?\n){0,60}[a-c]{0,2}",
            new in "([a-c𝒂ế\"]{0,3}\r?\n){0,60}[a-c]{0,2}",
        ) {
            let own = blocks(&old);
            let hashes: Vec<u32> = own.iter().map(|block| block.hash).collect();
            prop_assert_eq!(joined(&own, &changes(&hashes, &new)), Some(new.clone()));
            let all: String = blocks(&new).iter().map(|block| block.text).collect();
            prop_assert_eq!(all, new);
        }
    }
}
