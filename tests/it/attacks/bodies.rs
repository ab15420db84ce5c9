//! Bodies that are no honest multipart, or not what they say.

use super::{Row, Target, all, told};
use crate::harness::{Multipart, Part};

const B: &str = Multipart::BOUNDARY;

/// A part with this head line and content.
fn part(head: &str, content: &[u8]) -> Vec<u8> {
    [format!("--{B}\r\n{head}\r\n\r\n").as_bytes(), content, b"\r\n"].concat()
}

fn xml(target: &Target) -> Vec<u8> {
    let head = "Content-Disposition: form-data; name=\"xml_submission_file\"; filename=\"a.xml\"";
    part(head, &target.visit().xml())
}

/// A good submission, a part with this head, and the end.
fn with(target: &Target, head: &str) -> u16 {
    let end = format!("--{B}--\r\n").into_bytes();
    post(target, &[xml(target), part(head, b"x"), end].concat())
}

fn post(target: &Target, body: &[u8]) -> u16 {
    target.post(&format!("Content-Type: {}\r\n", Multipart::kind()), body)
}

pub const ROWS: &[Row] = &[
    ("A19", "no boundary, an empty, a long and a wrong one", 0, |target| {
        let body = Multipart::of(&target.visit().xml()).body();
        let kinds =
            ["", "; boundary=", "; boundary=other", &format!("; boundary={}", "x".repeat(71))];
        all(
            kinds.map(|b| target.post(&format!("Content-Type: multipart/form-data{b}\r\n"), &body)),
            &[400],
        )
    }),
    ("A19", "10,000 parts", 0, |target| {
        let mut upload = Multipart::of(&target.visit().xml());
        let empty = |n: usize| Part {
            name: format!("{n}.jpg"),
            file: Some(format!("{n}.jpg")),
            kind: "image/jpeg".into(),
            bytes: b"x".to_vec(),
        };
        upload.parts.extend((0..10_000).map(empty));
        told(target.upload(&upload), &[413])
    }),
    ("A19", "10,000 parts that are no files", 0, |target| {
        let mut upload = Multipart::of(&target.visit().xml());
        for _ in 0..10_000 {
            upload = upload.incomplete();
        }
        told(target.upload(&upload), &[413])
    }),
    ("A19", "a part's head of 1 MB, of 90 MB", 0, |target| {
        let send = |megabytes: usize| {
            let start = format!("--{B}\r\nContent-Disposition: form-data; name=\"").into_bytes();
            let length = start.len() + (megabytes << 20);
            let filler = (0..megabytes).map(|_| vec![b'a'; 1 << 20]);
            let kind = format!("Content-Type: {}\r\n", Multipart::kind());
            target.stream(&kind, length, std::iter::once(start).chain(filler))
        };
        all([send(1), send(90)], &[413])
    }),
    ("A19", "a multipart in the multipart, two dispositions, base64, no head", 0, |target| {
        let good = "Content-Disposition: form-data; name=\"a\"; filename=\"a\"";
        all(
            [
                format!("{good}\r\nContent-Type: multipart/mixed; boundary=x"),
                format!("{good}\r\n{good}"),
                format!("{good}\r\nContent-Transfer-Encoding: base64"),
                "X: y".into(),
                format!("{good}\r\n{}", "X-A: b\r\n".repeat(100)),
            ]
            .map(|head| with(target, head.trim_end())),
            &[400],
        )
    }),
    ("A19", "no last boundary; two submissions in one", 0, |target| {
        let photo =
            part("Content-Disposition: form-data; name=\"a.jpg\"; filename=\"a.jpg\"", b"xx");
        let visit = target.visit().photos(&["a.jpg"]);
        let open = Multipart::of(&visit.xml()).body();
        let open = [&open[..open.len() - 4], b"\r\n", &photo[..photo.len() - 4]].concat();
        let twice = [xml(target), xml(target), format!("--{B}--\r\n").into_bytes()].concat();
        all([post(target, &open), post(target, &twice)], &[400])
    }),
    ("A20", "compressed bodies: gzip, zstd, br, deflate", 0, |target| {
        let body = Multipart::of(&target.visit().xml()).body();
        all(
            ["gzip", "zstd", "br", "deflate", "gzip, gzip"].map(|coding| {
                let kind = Multipart::kind();
                target
                    .post(&format!("Content-Type: {kind}\r\nContent-Encoding: {coding}\r\n"), &body)
            }),
            &[415],
        )
    }),
    ("A21", "more than the largest upload, announced and not", 0, |target| {
        let kind = format!("Content-Type: {}\r\n", Multipart::kind());
        let announced = target.stream(&kind, 200 << 20, std::iter::empty());
        let head = part("Content-Disposition: form-data; name=\"a.jpg\"; filename=\"a.jpg\"", b"");
        let chunk =
            |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        let start = chunk(&head[..head.len() - 2]);
        let pieces = std::iter::once(start).chain((0..120).map(|_| chunk(&[7; 1 << 20])));
        let unsaid = target.chunked(pieces);
        all([announced, unsaid], &[413])
    }),
    ("A25", "a picture that claims 30,000 × 30,000 points", 1, |target| {
        let visit = target.visit().photos(&["a.jpg"]);
        let mut png =
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0".to_vec();
        png.extend([0x55; 19_000]);
        told(target.upload(&Multipart::of(&visit.xml()).photo("a.jpg", &png)), &[201])
    }),
    ("A28", "2,000 broken JPEGs, byte for byte kept", 500, |target| {
        let good = crate::harness::photo::jpeg(28);
        let names = ["1.jpg", "2.jpg", "3.jpg", "4.jpg"];
        let (mut state, mut n) = (28_u64, 0);
        let mut mutant = || {
            let mut bytes = good.clone();
            n += 1;
            for _ in 0..1 + n % 7 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = (state >> 33) as usize % bytes.len();
                bytes[at] ^= 1 << (state % 8);
            }
            bytes.truncate(bytes.len() - (n * 7) % (bytes.len() / 2));
            bytes
        };
        let statuses: Vec<u16> = (0..500)
            .map(|_| {
                let body = Multipart::of(&target.visit().photos(&names).xml());
                target.upload(&names.iter().fold(body, |body, name| body.photo(name, &mutant())))
            })
            .collect();
        // That the bytes are what came, the look at the folder at the end sees by their hashes.
        all(statuses, &[201])
    }),
];

impl Target {
    /// Posts without saying how long the body is.
    fn chunked(&self, pieces: impl Iterator<Item = Vec<u8>>) -> u16 {
        use std::io::{Read, Write};
        let mut socket = self.connect();
        let mut ear = socket.try_clone().expect("a socket");
        let heard = std::thread::spawn(move || {
            let mut answer = [0; 12];
            ear.read_exact(&mut answer).ok()?;
            std::str::from_utf8(&answer[9..]).ok()?.parse().ok()
        });
        let head = format!(
            "POST {}/submission HTTP/1.1\r\nHost: {}\r\nX-OpenRosa-Version: 1.0\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
            self.door(),
            self.host(),
            Multipart::kind()
        );
        let _ = socket.write_all(head.as_bytes());
        for piece in pieces {
            if heard.is_finished() || socket.write_all(&piece).is_err() {
                break;
            }
        }
        heard.join().expect("a status").unwrap_or(0)
    }
}
