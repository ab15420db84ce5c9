//! Floods of HTTP/2 frames, written by hand (RFC 9113): the server speaks it on any connection that
//! opens with its preface.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::{Row, Target};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header block: method (2 GET, 3 POST in HPACK's table), path, host, and the OpenRosa header.
fn block(target: &Target, post: bool, path: &str) -> Vec<u8> {
    let text = |text: &str| {
        assert!(text.len() < 127);
        [&[text.len() as u8], text.as_bytes()].concat()
    };
    let mut block = vec![if post { 0x83 } else { 0x82 }, 0x86, 0x04];
    block.extend(text(path));
    block.push(0x01);
    block.extend(text(&target.host()));
    block.push(0x00);
    block.extend(text("x-openrosa-version"));
    block.extend(text("1.0"));
    block
}

fn open(target: &Target, settings: &[u8]) -> TcpStream {
    let mut socket = target.connect();
    socket.write_all(PREFACE).expect("a preface");
    socket.write_all(&frame(SETTINGS, 0, 0, settings)).expect("settings");
    socket
}

/// Sends frames until the server has enough; how that showed.
fn flood(mut socket: TcpStream, frames: impl Iterator<Item = Vec<u8>>) -> String {
    let mut ear = socket.try_clone().expect("a socket");
    ear.set_read_timeout(Some(Duration::from_secs(3))).expect("a timeout");
    let heard = std::thread::spawn(move || {
        let mut all = Vec::new();
        let mut piece = [0; 16 * 1024];
        while let Ok(read @ 1..) = ear.read(&mut piece) {
            all.extend_from_slice(&piece[..read]);
        }
        all
    });
    let (mut sent, mut closed) = (0, false);
    for batch in frames {
        if socket.write_all(&batch).is_err() {
            closed = true;
            break;
        }
        sent += 1;
    }
    let heard = heard.join().expect("what was answered");
    let goaway = kinds(&heard).contains(&GOAWAY);
    match (goaway, closed) {
        (true, _) => format!("GOAWAY by {sent}"),
        (_, true) => format!("closed by {sent}"),
        _ => format!("{sent} borne"),
    }
}

/// The kinds of the frames in `bytes`.
fn kinds(mut bytes: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while bytes.len() >= 9 {
        let length = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]) as usize;
        kinds.push(bytes[3]);
        bytes = bytes.get(9 + length..).unwrap_or_default();
    }
    kinds
}

pub const ROWS: &[Row] = &[
    ("A22", "HTTP/2: 10,000 requests taken back at once", 0, |target| {
        let block = block(target, false, "/health");
        let reset = |n: u32| {
            let stream = 2 * n + 1;
            let cancel = 8_u32.to_be_bytes();
            [
                frame(HEADERS, END_HEADERS | END_STREAM, stream, &block),
                frame(RST_STREAM, 0, stream, &cancel),
            ]
            .concat()
        };
        let said = flood(open(target, &[]), (0..10_000).map(reset));
        assert!(said.contains(" by "), "nothing ends it: {said}");
        said
    }),
    ("A22", "HTTP/2: a header list of 10,000 continuations", 0, |target| {
        let mut block = block(target, false, "/health");
        block.extend([0x00, 0x03, b'x', b'-', b'a', 0x7f, 0x81, 0x7f]);
        let first = frame(HEADERS, 0, 1, &block);
        let more = frame(CONTINUATION, 0, 1, &[b'a'; 16_000]);
        let said = flood(
            open(target, &[]),
            std::iter::once(first).chain(std::iter::repeat_n(more, 10_000)),
        );
        assert!(said.contains(" by "), "nothing ends it: {said}");
        said
    }),
    ("A22", "HTTP/2: 200,000 empty DATA frames", 0, |target| {
        let path = format!("{}/submission", &target.door()[..100.min(target.door().len())]);
        let first = frame(HEADERS, END_HEADERS, 1, &block(target, true, &path));
        let empty = frame(DATA, 0, 1, &[]).repeat(1000);
        flood(open(target, &[]), std::iter::once(first).chain(std::iter::repeat_n(empty, 200)))
    }),
    ("A22", "HTTP/2: 30 connections that ask 64 times and take nothing", 0, |target| {
        // SETTINGS_INITIAL_WINDOW_SIZE = 0.
        let none = [0, 4, 0, 0, 0, 0];
        let path = format!("{}/formList", target.door());
        let block = block(target, false, &path);
        let ask = |n: u32| frame(HEADERS, END_HEADERS | END_STREAM, 2 * n + 1, &block);
        let idle: Vec<TcpStream> = (0..30)
            .map(|_| {
                let mut socket = open(target, &none);
                let all: Vec<u8> = (0..64).flat_map(ask).collect();
                socket.write_all(&all).expect("requests");
                socket
            })
            .collect();
        std::thread::sleep(Duration::from_millis(500));
        let took = {
            let start = std::time::Instant::now();
            target.scene.phones[0].apart().get("/formList").expect(200);
            start.elapsed()
        };
        assert!(took < super::PATIENCE, "an honest phone waited {took:?}");
        let (memory, _) = target.scene.server.memory();
        assert!(memory < super::MEMORY, "{memory} MiB");
        format!("{} borne, {memory} MiB", idle.len())
    }),
];
