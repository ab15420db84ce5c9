//! A large CSV file in parts that are read side by side. A part begins where a record does: behind a
//! line break that is not within quotes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes read at a time.
const BLOCK: usize = 256 * 1024;

/// Where the parts of a file begin, and its end.
pub fn boundaries(path: &Path, parts: u64) -> io::Result<Vec<u64>> {
    let length = path.metadata()?.len();
    let nominal: Vec<u64> = (0..=parts).map(|k| length * k / parts).collect();
    let counts: Vec<u64> = std::thread::scope(|scope| {
        let count = |k: usize| {
            let (from, to) = (nominal[k], nominal[k + 1]);
            scope.spawn(move || quotes(path, from, to))
        };
        let counting: Vec<_> = (0..parts as usize).map(count).collect();
        let panicked = |_| io::Error::other("a thread ended");
        counting.into_iter().map(|one| one.join().map_err(panicked)?).collect::<io::Result<_>>()
    })?;
    let mut begins = vec![0];
    let mut before = 0;
    for k in 1..parts as usize {
        before += counts[k - 1];
        let begin = next_record(path, nominal[k], before % 2 == 1)?;
        begins.push(begin.max(begins[k - 1]).min(length));
    }
    begins.push(length);
    Ok(begins)
}

/// One part of a file.
pub fn part(path: &Path, from: u64, to: u64) -> io::Result<impl Read> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    Ok(file.take(to - from))
}

fn quotes(path: &Path, from: u64, to: u64) -> io::Result<u64> {
    let mut part = BufReader::with_capacity(BLOCK, part(path, from, to)?);
    let mut count = 0;
    loop {
        let block = part.fill_buf()?;
        if block.is_empty() {
            return Ok(count);
        }
        count += block.iter().filter(|byte| **byte == b'"').count() as u64;
        let length = block.len();
        part.consume(length);
    }
}

/// Where the first record at or behind `from` begins.
fn next_record(path: &Path, from: u64, mut quoted: bool) -> io::Result<u64> {
    let mut rest = BufReader::with_capacity(BLOCK, part(path, from, u64::MAX)?);
    let mut at = from;
    loop {
        let block = rest.fill_buf()?;
        if block.is_empty() {
            return Ok(at);
        }
        for (i, byte) in block.iter().enumerate() {
            quoted ^= *byte == b'"';
            if *byte == b'\n' && !quoted {
                return Ok(at + i as u64 + 1);
            }
        }
        let length = block.len();
        at += length as u64;
        rest.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_begin_with_records_and_miss_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.csv");
        let row = |i: usize| match i % 7 {
            0 => format!("\"a\nb, \"\"{i}\"\"\",{i}\r\n"),
            1 => format!("\"\",{i}\n"),
            _ => format!("x,{i}\n"),
        };
        let text: String = (0..500).map(row).collect();
        std::fs::write(&path, &text).unwrap();
        let records = |input: &mut dyn Read| -> Vec<Vec<String>> {
            let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(input);
            reader.into_records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
        };
        let whole = records(&mut text.as_bytes());
        assert_eq!(whole.len(), 500);
        for parts in [1, 2, 3, 16, 400, 5000] {
            let begins = boundaries(&path, parts).unwrap();
            let all = begins.windows(2).map(|w| part(&path, w[0], w[1]).unwrap());
            let found: Vec<_> = all.flat_map(|mut part| records(&mut part)).collect();
            assert_eq!(found, whole, "{parts}");
        }
    }
}
