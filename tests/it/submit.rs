//! `ntm submit`: forms in folders, sent as a phone sends them, over a link that is slow and with a program
//! that is killed again and again.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ntm_shared::api::submission::SubmissionRow;

use crate::harness::{Cli, NAM_CHAY, TestServer, Visit, photo};

/// A link that carries so many bytes a second towards the server; counts them. It knows no packets: what
/// a radio loses is modelled by its end, bytes that were sent and never arrive.
struct Link {
    url: String,
    up: Arc<AtomicU64>,
    cuts: Arc<AtomicU64>,
}

impl Link {
    fn to(server: &str, speed: u64) -> Link {
        Link::breaking(server, speed, |_| None)
    }

    /// The nth connection ends after `holds(n)` bytes towards the server; the last [`IN_FLIGHT`] of them
    /// were sent and do not arrive.
    fn breaking(
        server: &str,
        speed: u64,
        holds: impl Fn(u64) -> Option<u64> + Send + 'static,
    ) -> Link {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let far = server.trim_start_matches("http://").to_owned();
        let link = Link { url, up: Arc::default(), cuts: Arc::default() };
        let (up, cuts) = (link.up.clone(), link.cuts.clone());
        std::thread::spawn(move || {
            for (n, near) in (0..).zip(listener.incoming().flatten()) {
                let Ok(far) = TcpStream::connect(&far) else { return };
                let (up, cuts, holds) = (up.clone(), cuts.clone(), holds(n));
                let back = (far.try_clone().unwrap(), near.try_clone().unwrap());
                std::thread::spawn(move || {
                    let slow = |bytes| {
                        up.fetch_add(bytes, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_secs_f64(bytes as f64 / speed as f64));
                    };
                    if carry(near, far, holds, slow) {
                        cuts.fetch_add(1, Ordering::Relaxed);
                    }
                });
                std::thread::spawn(move || carry(back.0, back.1, None, |_| ()));
            }
        });
        link
    }
}

/// Bytes on their way when a connection breaks off.
const IN_FLIGHT: u64 = 8 * 1024;

/// Copies until one side ends, or the link does: then true.
fn carry(
    mut from: TcpStream,
    mut to: TcpStream,
    mut holds: Option<u64>,
    each: impl Fn(u64),
) -> bool {
    let (mut chunk, mut cut) = ([0; 4096], false);
    while !cut {
        let most = holds.map_or(chunk.len(), |left| chunk.len().min(left as usize));
        let Ok(read @ 1..) = from.read(&mut chunk[..most]) else { break };
        each(read as u64);
        let arrives = holds.is_none_or(|left| left > IN_FLIGHT);
        if arrives && to.write_all(&chunk[..read]).is_err() {
            break;
        }
        holds = holds.map(|left| left - read as u64);
        cut = holds == Some(0);
    }
    let _ = (to.shutdown(Shutdown::Write), from.shutdown(Shutdown::Both));
    if !cut {
        let _ = to.shutdown(Shutdown::Both);
    }
    cut
}

/// Forms in folders, as an export lays them out: how many bytes of photos.
fn folders(at: &Path, visits: &[Visit]) -> u64 {
    folders_of(at, visits, 150_000)
}

fn folders_of(at: &Path, visits: &[Visit], size: usize) -> u64 {
    let mut bytes = 0;
    for (n, visit) in visits.iter().enumerate() {
        let folder = at.join(format!("{n}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("submission.xml"), visit.xml()).unwrap();
        for (k, name) in visit.photos.iter().enumerate() {
            let picture = photo::heavy((n * 10 + k) as u64 + 4000, size);
            bytes += picture.len() as u64;
            std::fs::write(folder.join(name), picture).unwrap();
        }
        std::fs::write(folder.join("khong-phai-anh.txt"), "not named by the answers").unwrap();
    }
    bytes
}

#[test]
fn a_program_killed_twenty_times_sends_everything_once_and_little_twice() {
    const NAMES: [&str; 4] = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
    let server = TestServer::surveyed();
    let token = server.new_collector(&[NAM_CHAY.0]).token.unwrap();
    let visits = ["u0066.01.001", "u0066.01.002"].map(|id| Visit::completed(id).photos(&NAMES));
    let folder = tempfile::tempdir().unwrap();
    let payload = folders(folder.path(), &visits);
    let link = Link::to(server.url(), 250_000);
    let (cli, to) = (Cli::new(), format!("{}/key/{token}", link.url));
    let ask = ["--lang", "en", "submit", folder.path().to_str().unwrap(), "--to", &to];
    for _ in 0..20 {
        let mut child = cli.command(&ask).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(250));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let ran = cli.run(&ask).expect(0);
    assert!(ran.out.contains("All of 2 forms sent"), "{}", ran.out);
    let sent = link.up.load(Ordering::Relaxed);
    println!("{sent} bytes for {payload} of photos, killed 20 times");
    // At each start the answers again; and what was under way when the program died: two bundles.
    assert!(sent < payload + 20 * (2 * 32 * 1024 + 16_000), "{sent} bytes for {payload}");
    let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
    assert_eq!(rows.len(), 2);
    for (n, visit) in visits.iter().enumerate() {
        let row = rows.iter().find(|row| row.instance_id == visit.instance).unwrap();
        assert_eq!(row.attachments_present, 4);
        for name in NAMES {
            let path = format!("/submissions/{}/attachments/{name}", row.seq);
            let kept = std::fs::read(folder.path().join(n.to_string()).join(name)).unwrap();
            assert_eq!(server.admin.get(&path).expect(200).body, kept, "{name}");
        }
    }
    // Once more costs next to nothing.
    cli.run(&ask).expect(0);
    let more = link.up.load(Ordering::Relaxed) - sent;
    assert!(more < 5_000, "{more} bytes to say it again");
}

/// The mountain link in small: the same four photos, a connection that holds for 30 to 90 KB (a bundle of
/// ten seconds at 64 kbit/s is 80), and what was in flight lost. Bytes only; `wire-bench` has the times.
#[test]
fn over_a_link_that_breaks_off_little_is_sent_twice_and_what_is_known_not_at_all() {
    const NAMES: [&str; 4] = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
    let server = TestServer::surveyed();
    let token = server.new_collector(&[NAM_CHAY.0]).token.unwrap();
    let visit = Visit::completed("u0066.01.001").photos(&NAMES);
    let folder = tempfile::tempdir().unwrap();
    let payload = folders_of(folder.path(), std::slice::from_ref(&visit), 300_000);
    assert!(payload > 1_000_000, "{payload}");
    let link =
        Link::breaking(server.url(), 4_000_000, |n| (n < 16).then_some(30_000 + n * 7919 % 60_000));
    let (cli, to) = (Cli::new(), format!("{}/key/{token}", link.url));
    let path = folder.path().to_str().unwrap().to_owned();
    let send = |path: &str| {
        cli.run(&["--lang", "en", "submit", path, "--to", &to, "--wait", "0"]).expect(0)
    };
    send(&path);
    let (sent, cuts) = (link.up.load(Ordering::Relaxed), link.cuts.load(Ordering::Relaxed));
    println!("{sent} bytes for {payload} of photos, {cuts} cuts");
    assert!(cuts >= 10, "{cuts} cuts");
    // Beside what was in flight a cut costs a question where to go on, and the head of the next request.
    assert!(sent < payload + cuts * (IN_FLIGHT + 4096) + 16_000, "{sent} bytes for {payload}");
    assert!(sent < payload * 5 / 4, "{sent} bytes for {payload}");
    let row = &server.admin.all::<SubmissionRow>("/submissions")[0];
    for name in NAMES {
        let path = format!("/submissions/{}/attachments/{name}", row.seq);
        let kept = std::fs::read(folder.path().join("0").join(name)).unwrap();
        assert_eq!(server.admin.get(&path).expect(200).body, kept, "{name}");
    }
    // Edits: one names the four photos that are known already, the other none.
    let cost = |visit: &Visit, photos: bool| {
        let edit = tempfile::tempdir().unwrap();
        std::fs::write(edit.path().join("submission.xml"), visit.xml()).unwrap();
        for name in NAMES.iter().filter(|_| photos) {
            let from = folder.path().join("0").join(name);
            std::fs::copy(from, edit.path().join(name)).unwrap();
        }
        let before = link.up.load(Ordering::Relaxed);
        send(edit.path().to_str().unwrap());
        link.up.load(Ordering::Relaxed) - before
    };
    let with = cost(&visit.edited(), true);
    let without = cost(&visit.edited().photos(&[]), false);
    println!("an edit: {with} bytes with four known photos, {without} without");
    assert!(with > without && with - without < 4 * 300, "{with} and {without} bytes");
}

#[test]
fn what_cannot_be_sent_is_said_and_the_answer_is_no() {
    let server = TestServer::surveyed();
    let made = server.new_collector(&[NAM_CHAY.0]);
    let to = made.url.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cli = Cli::new();
    let path = folder.path().to_str().unwrap();
    let ran = cli.run(&["--lang", "en", "submit", path, "--to", &to]).expect(2);
    assert!(ran.err.contains("No form in the folder"), "{}", ran.err);
    let ran = cli.run(&["--lang", "en", "submit", path, "--to", "http://127.0.0.1:1"]).expect(2);
    assert!(!ran.err.contains(made.token.as_deref().unwrap()), "the key is shown");
    // A photo that is missing on this side; and a form the server never had.
    let visit = Visit::completed("u0066.01.003").photos(&["a.jpg", "b.jpg"]);
    folders(folder.path(), std::slice::from_ref(&visit));
    std::fs::remove_file(folder.path().join("0/b.jpg")).unwrap();
    std::fs::create_dir(folder.path().join("1")).unwrap();
    let unknown = "<x id='unknown' version='1'><meta><instanceID>uuid:9</instanceID></meta></x>";
    std::fs::write(folder.path().join("1/x.xml"), unknown).unwrap();
    let ran = cli.run(&["--lang", "en", "submit", path, "--to", &to]).expect(1);
    assert!(ran.out.contains("All of 0 forms sent; 1 lack files, 1 not taken"), "{}", ran.out);
}

/// Two questions may be answered with one photo: its bytes go over the link once.
#[test]
fn one_photo_under_two_names_is_sent_once_and_is_there_twice() {
    let server = TestServer::surveyed();
    let made = server.new_collector(&[NAM_CHAY.0]);
    let link = Link::to(server.url(), 60_000);
    let to = made.url.unwrap().replace(server.url(), &link.url);
    let folder = tempfile::tempdir().unwrap();
    let visit = Visit::completed("u0066.01.001").photos(&["a.jpg", "b.jpg"]);
    folders(folder.path(), std::slice::from_ref(&visit));
    let [a, b] = ["a.jpg", "b.jpg"].map(|name| folder.path().join("0").join(name));
    let bytes = std::fs::copy(a, b).unwrap();
    let path = folder.path().to_str().unwrap();
    let ran = Cli::new().run(&["--lang", "en", "submit", path, "--to", &to]).expect(0);
    assert!(ran.out.contains("All of 1 forms sent; 0 lack files"), "{}", ran.out);
    let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
    assert_eq!((rows.len(), rows[0].attachments_present), (1, 2));
    let up = link.up.load(Ordering::Relaxed);
    assert!(up >= bytes && up < bytes * 3 / 2, "{up} bytes for a photo of {bytes}");
}
