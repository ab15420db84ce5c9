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

/// A link that carries so many bytes a second towards the server; counts them.
struct Link {
    url: String,
    up: Arc<AtomicU64>,
}

impl Link {
    fn to(server: &str, speed: u64) -> Link {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (far, up) = (server.trim_start_matches("http://").to_owned(), Arc::default());
        let count: Arc<AtomicU64> = Arc::clone(&up);
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(&far) else { return };
                let (count, back) =
                    (count.clone(), (far.try_clone().unwrap(), near.try_clone().unwrap()));
                std::thread::spawn(move || {
                    carry(near, far, |bytes| {
                        count.fetch_add(bytes, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_secs_f64(bytes as f64 / speed as f64));
                    })
                });
                std::thread::spawn(move || carry(back.0, back.1, |_| ()));
            }
        });
        Link { url, up }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, each: impl Fn(u64)) {
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut chunk) {
        each(read as u64);
        if to.write_all(&chunk[..read]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

/// Forms in folders, as an export lays them out: how many bytes of photos.
fn folders(at: &Path, visits: &[Visit]) -> u64 {
    let mut bytes = 0;
    for (n, visit) in visits.iter().enumerate() {
        let folder = at.join(format!("{n}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("submission.xml"), visit.xml()).unwrap();
        for (k, name) in visit.photos.iter().enumerate() {
            let picture = photo::heavy((n * 10 + k) as u64 + 4000, 150_000);
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
