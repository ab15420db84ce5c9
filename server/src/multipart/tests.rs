use super::*;

/// A body in pieces; what is after the last is a failing source, or the end.
struct Pieces(Vec<Result<Bytes, &'static str>>);

impl Source for Pieces {
    type Fault = &'static str;

    async fn next(&mut self) -> Result<Option<Bytes>, &'static str> {
        if self.0.is_empty() { Ok(None) } else { self.0.remove(0).map(Some) }
    }
}

type Parts = Vec<(Head, Vec<u8>)>;

fn split(pieces: Vec<Result<Bytes, &'static str>>) -> (Parts, Result<(), Broken<&'static str>>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut parts = Vec::new();
    let ended = runtime.block_on(async {
        let mut multipart = Multipart::new(Pieces(pieces), "xYz");
        while let Some(head) = multipart.part().await? {
            let mut bytes = Vec::new();
            while let Some(piece) = multipart.chunk().await? {
                bytes.extend_from_slice(&piece);
            }
            parts.push((head, bytes));
        }
        Ok(())
    });
    (parts, ended)
}

fn whole(body: &[u8]) -> (Parts, Result<(), Broken<&'static str>>) {
    split(vec![Ok(Bytes::copy_from_slice(body))])
}

fn head(name: &str, file: Option<&str>) -> Head {
    Head { name: name.into(), file: file.map(str::to_owned) }
}

const BODY: &[u8] = b"preamble\r\n--xYz\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; filename=\"m\xe1\xba\xa3 1.xml\"\r\nContent-Type: text/xml\r\n\r\n<a>\r\n--xY</a>\r\n\r\r\n--xYz \t\r\ncontent-disposition:form-data;filename=b;name=\"b\"\r\n\r\n\r\n--xYz\r\nContent-Disposition: form-data; name=\"c:\\d\\\"\"; x=1\r\nContent-Length: 3\r\n\r\n\r\n\r\r\n--xYz--\r\nepilogue";

/// Cut into two pieces anywhere, and into single bytes, it is the same.
#[test]
fn wherever_the_pieces_end_the_parts_are_the_same() {
    let good = BODY;
    let expected: Parts = vec![
        (head("xml_submission_file", Some("mả 1.xml")), b"<a>\r\n--xY</a>\r\n\r".to_vec()),
        (head("b", Some("b")), Vec::new()),
        (head("c:\\d\"", None), b"\r\n\r".to_vec()),
    ];
    assert_eq!(whole(good), (expected.clone(), Ok(())));
    for cut in 0..=good.len() {
        let (a, b) = good.split_at(cut);
        let pieces = [a, b].map(|piece| Ok(Bytes::copy_from_slice(piece)));
        assert_eq!(split(Vec::from(pieces)), (expected.clone(), Ok(())), "cut at {cut}");
    }
    let single = good.iter().map(|byte| Ok(Bytes::copy_from_slice(&[*byte])));
    assert_eq!(split(single.collect()), (expected, Ok(())));
}

/// Cut off anywhere before the last delimiter, the parts that were complete are there and nothing
/// more; a source that fails says why.
#[test]
fn a_part_is_over_only_when_the_next_delimiter_came() {
    let body = b"--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--xYz\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n2\r\n--xYz--";
    let seen = |name: &str| {
        let at = memmem::find(body, name.as_bytes()).unwrap();
        at + memmem::find(&body[at..], b"\r\n--xYz").unwrap() + 7
    };
    for cut in 0..body.len() {
        let (parts, ended) = whole(&body[..cut]);
        assert_eq!(ended, Err(Broken::CutOff), "cut at {cut}");
        let complete = [seen("\"a\""), seen("\"b\"")].iter().filter(|end| cut >= **end).count();
        assert_eq!(parts.len(), complete, "cut at {cut}");
    }
    let (parts, ended) = split(vec![Ok(Bytes::copy_from_slice(&body[..60])), Err("reset")]);
    assert_eq!((parts.len(), ended), (1, Err(Broken::Source("reset"))));
}

#[test]
fn what_is_no_head_is_refused() {
    let with = |head: &str| whole(format!("--xYz\r\n{head}\r\n\r\nx\r\n--xYz--").as_bytes()).1;
    let good = "Content-Disposition: form-data; name=\"a\"";
    assert_eq!(with(good), Ok(()));
    for head in [
        "".to_owned(),
        "Content-Type: text/plain".into(),
        "no colon".into(),
        format!("{good}\r\n{good}"),
        format!("{good}\r\nContent-Type: multipart/mixed; boundary=in"),
        format!("{good}\r\nContent-Transfer-Encoding: base64"),
        format!("{good}\r\n folded: yes"),
        "Content-Disposition: form-data; name=\"a\0b\"".into(),
        format!("{good}{}", "\r\nx: y".repeat(40)),
    ] {
        assert_eq!(with(&head), Err(Broken::Malformed), "{head:?}");
    }
    assert_eq!(
        whole(b"--xYzz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n").1,
        Err(Broken::Malformed)
    );
    let long = format!("{good}; filename=\"{}\"", "x".repeat(HEAD));
    assert_eq!(with(&long), Err(Broken::LongHead));
    let endless = std::iter::repeat_n(Ok(Bytes::from_static(&[b'x'; 1000])), 100);
    let start = std::iter::once(Ok(Bytes::from_static(b"--xYz\r\n")));
    assert_eq!(split(start.chain(endless).collect()).1, Err(Broken::LongHead));
    let name = format!("Content-Disposition: form-data; name=\"{}\"", "ă".repeat(2048));
    assert_eq!(with(&name), Ok(()));
}

#[test]
fn a_boundary_is_read_as_clients_write_it() {
    for (kind, found) in [
        ("multipart/form-data; boundary=abc", Some("abc")),
        ("Multipart/Form-Data; charset=utf-8; boundary=\"a b;c\"", Some("a b;c")),
        ("multipart/form-data; Boundary=abc; x=y", Some("abc")),
        ("multipart/form-data", None),
        ("multipart/form-data; boundary=", None),
        ("multipart/form-data; boundary=\"\"", None),
        ("multipart/mixed; boundary=abc", None),
        ("text/xml; boundary=abc", None),
    ] {
        assert_eq!(boundary(kind).as_deref(), found, "{kind}");
    }
    assert_eq!(boundary(&format!("multipart/form-data; boundary={}", "x".repeat(71))), None);
}

/// Whatever comes: no panic, and no more content than there were bytes.
#[test]
fn any_bytes_in_any_pieces_are_borne() {
    let mut state = 7_u64;
    let mut roll = |sides: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % sides
    };
    for _ in 0..20_000 {
        let mut body = BODY.to_vec();
        for _ in 0..1 + roll(6) {
            let (at, to) = (roll(body.len()), roll(body.len()));
            match roll(4) {
                0 => body[at] = b"\r\n-:\";= \0x"[roll(10)],
                1 => body.truncate(at.max(1)),
                2 => body.extend_from_within(at.min(to)..at.max(to)),
                _ => body.swap(at, to),
            }
        }
        let mut pieces = Vec::new();
        let mut rest = body.as_slice();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(1 + roll(rest.len()));
            pieces.push(Ok(Bytes::copy_from_slice(piece)));
            rest = after;
        }
        let (parts, _) = split(pieces);
        assert!(parts.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() <= body.len());
    }
}
