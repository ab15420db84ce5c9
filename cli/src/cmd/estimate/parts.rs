//! A large CSV file in parts that are read side by side. A part begins where a record does: behind a
//! line break that is not within quotes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

/// Bytes read at a time.
const BLOCK: usize = 256 * 1024;

/// Does `jobs` jobs on `threads` threads; `take` gets what came of them in their order, here, until it
/// gives up. Few wait to be taken: memory that one leaves behind serves the next.
pub fn in_order<T: Send, E>(
    threads: usize,
    jobs: usize,
    job: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (tell, told) = sync_channel(threads);
        for _ in 0..threads {
            let (tell, next, job) = (tell.clone(), &next, &job);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    // Nobody listens any more: an earlier job was one too many.
                    if number >= jobs || tell.send((number, job(number))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        let (mut early, mut wanted) = (BTreeMap::new(), 0);
        for (number, made) in told {
            early.insert(number, made);
            while let Some(made) = early.remove(&wanted) {
                take(made)?;
                wanted += 1;
            }
        }
        Ok(())
    })
}

/// Where the parts of a file begin, and its end.
pub fn boundaries(path: &Path, threads: usize, parts: u64) -> io::Result<Vec<u64>> {
    let length = path.metadata()?.len();
    let nominal: Vec<u64> = (0..=parts).map(|k| length * k / parts).collect();
    let mut counts = Vec::new();
    let count = |k: usize| quotes(path, nominal[k], nominal[k + 1]);
    in_order(threads, parts as usize, count, |found| {
        counts.push(found?);
        Ok::<_, io::Error>(())
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
    fn what_is_done_comes_in_order_and_ends_when_it_is_refused() {
        let slow = |n: usize| {
            std::thread::sleep(std::time::Duration::from_millis((7 * n as u64) % 5));
            n
        };
        for threads in [1, 2, 5] {
            let mut seen = Vec::new();
            let take = |n| {
                seen.push(n);
                if n < 30 { Ok(()) } else { Err(n) }
            };
            assert_eq!(in_order(threads, 40, slow, take), Err(30));
            assert_eq!(seen, (0..=30).collect::<Vec<_>>());
            assert_eq!(in_order(threads, 0, slow, |_| Err(0)), Ok(()));
        }
    }

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
            let begins = boundaries(&path, 3, parts).unwrap();
            let all = begins.windows(2).map(|w| part(&path, w[0], w[1]).unwrap());
            let found: Vec<_> = all.flat_map(|mut part| records(&mut part)).collect();
            assert_eq!(found, whole, "{parts}");
        }
    }
}
