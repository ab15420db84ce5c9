//! A sender as stock ODK Collect is (2026, read in its source): HEAD, then multipart POSTs of the answers
//! and as many photos as the server takes at a time; whatever breaks off, all of it again from the first
//! photo. Its time-outs: 30 s to connect, 60 s without a byte going out or coming in. It tries again after
//! 3 s, where Collect waits a minute and more.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use ntm_tests::Multipart;

const CONNECT: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(60);
const AGAIN: Duration = Duration::from_secs(3);

/// Sends the form in `folder` to `base` until the server says that it has all of it; how many tries.
pub fn send(base: &str, folder: &Path) -> u32 {
    let xml = std::fs::read(folder.join("submission.xml")).expect("the answers");
    let mut photos: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "jpg"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a photo"))
        })
        .collect();
    photos.sort();
    let mut tries = 1;
    while once(base, &xml, &photos).is_err() {
        tries += 1;
        std::thread::sleep(AGAIN);
    }
    tries
}

fn once(base: &str, xml: &[u8], photos: &[(String, Vec<u8>)]) -> std::io::Result<()> {
    let (host, path) =
        base.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("an address");
    let to = host.parse().expect("an address with a port");
    let mut socket = BufReader::new(TcpStream::connect_timeout(&to, CONNECT)?);
    socket.get_ref().set_read_timeout(Some(SILENCE))?;
    socket.get_ref().set_write_timeout(Some(SILENCE))?;
    let head = |method: &str, more: &str| {
        format!(
            "{method} /{path}/submission?deviceID=collect%3Abench HTTP/1.1\r\nHost: {host}\r\n\
             X-OpenRosa-Version: 1.0\r\nAccept-Encoding: gzip\r\nConnection: Keep-Alive\r\n\
             User-Agent: org.odk.collect.android/v2026.1.0 Dalvik/2.1.0\r\n{more}\r\n"
        )
    };
    socket.get_mut().write_all(head("HEAD", "").as_bytes())?;
    let most = answer(&mut socket, false)?.unwrap_or(10_000_000);
    let mut rest = photos;
    loop {
        let (mut upload, mut size) = (Multipart::of(xml), xml.len());
        while let Some(((name, bytes), others)) = rest.split_first() {
            if upload.parts.len() > 1 && size + bytes.len() > most {
                break;
            }
            size += bytes.len();
            (upload, rest) = (upload.photo(name, bytes), others);
        }
        if !rest.is_empty() {
            upload = upload.incomplete();
        }
        let body = upload.body();
        let kind = Multipart::kind();
        let more = format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        socket.get_mut().write_all(head("POST", &more).as_bytes())?;
        body.chunks(8192).try_for_each(|piece| socket.get_mut().write_all(piece))?;
        answer(&mut socket, true)?;
        if rest.is_empty() {
            return Ok(());
        }
    }
}

/// Reads an answer; how much the server takes at a time. An error when it is no success.
fn answer(socket: &mut BufReader<TcpStream>, body: bool) -> std::io::Result<Option<usize>> {
    let mut line = String::new();
    socket.read_line(&mut line)?;
    let good = ["HTTP/1.1 201", "HTTP/1.1 202", "HTTP/1.1 204"];
    if !good.iter().any(|good| line.starts_with(good)) {
        return Err(std::io::Error::other(line));
    }
    let (mut length, mut most) = (0, None);
    while line != "\r\n" {
        line.clear();
        if socket.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "x-openrosa-accept-content-length" => most = value.trim().parse().ok(),
            _ => {}
        }
    }
    if body {
        socket.read_exact(&mut vec![0; length])?;
    }
    Ok(most)
}
