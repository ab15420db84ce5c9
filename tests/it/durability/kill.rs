//! `kill -9` at random moments while several phones send.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use ntm_shared::api::submission::{Submission, SubmissionRow};

use super::Scene;
use crate::harness::{Api, Multipart, Phone, RealServer, Visit, photo, sha256, store};

const KILLS: usize = 16;
const PHONES: usize = 5;

/// Random numbers from a seed (splitmix64).
pub struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

/// A form as the phone holds it: what must be on the server once it was told "sent".
#[derive(Clone)]
struct Filled {
    visit: Visit,
    photos: Vec<(String, Vec<u8>)>,
}

impl Filled {
    fn new(dice: &mut Dice) -> Filled {
        let household = format!("u0066.{:02}.{:03}", 1 + dice.roll(3), 1 + dice.roll(40));
        let names: Vec<String> =
            (0..dice.roll(5)).map(|n| format!("ảnh {n} {}.jpg", dice.roll(1 << 40))).collect();
        let mut visit = Visit::completed(&household);
        if dice.roll(4) == 0 {
            visit.contact = "absent";
        } else {
            visit.photos.clone_from(&names);
        }
        let photo = |name: &String| {
            (name.clone(), photo::heavy(sha_seed(name), 4_000 + (name.len() * 977) % 40_000))
        };
        let photos = visit.photos.iter().map(photo).collect();
        Filled { visit, photos }
    }

    fn whole(&self) -> Multipart {
        let upload = Multipart::of(&self.visit.xml());
        self.photos.iter().fold(upload, |upload, (name, bytes)| upload.photo(name, bytes))
    }
}

fn sha_seed(text: &str) -> u64 {
    u64::from_str_radix(&sha256(text.as_bytes())[..15], 16).expect("hex")
}

/// Sends until told to stop. What the network swallowed is sent again, as a phone does.
fn send_on(
    phone: &Phone,
    mut dice: Dice,
    sent: &Mutex<Vec<Filled>>,
    again: &AtomicUsize,
    stop: &AtomicBool,
) {
    let mut phone = phone.apart();
    while !stop.load(Ordering::Relaxed) {
        let filled = Filled::new(&mut dice);
        let split = dice.roll(3) == 0;
        loop {
            let answer =
                if split { in_parts(&phone, &filled) } else { phone.try_post(&filled.whole()) };
            match answer {
                Ok(answer) => {
                    assert_eq!(answer.status, 201, "{}", answer.text());
                    sent.lock().unwrap().push(filled);
                    break;
                }
                Err(_) if stop.load(Ordering::Relaxed) => return,
                Err(_) => {
                    again.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(15));
                    phone = phone.apart();
                }
            }
        }
        std::thread::sleep(Duration::from_millis(dice.roll(40)));
    }
}

fn in_parts(phone: &Phone, filled: &Filled) -> reqwest::Result<crate::harness::Answer> {
    let xml = filled.visit.xml();
    let mut answer = phone.try_post(&Multipart::of(&xml).incomplete())?;
    for (name, bytes) in &filled.photos {
        answer = phone.try_post(&Multipart::of(&xml).photo(name, bytes).incomplete())?;
    }
    Ok(answer)
}

#[test]
fn acknowledged_submissions_survive_kill_nine() {
    let now =
        || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = std::env::var("NTM_TEST_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(now);
    println!("seed {seed} (NTM_TEST_SEED={seed} repeats the choices)");
    let mut dice = Dice(seed);
    let mut scene = Scene::new(RealServer::start(), PHONES);
    let (sent, again, stop) = (Mutex::new(Vec::new()), AtomicUsize::new(0), AtomicBool::new(false));
    let start = Instant::now();
    std::thread::scope(|scope| {
        for (n, phone) in scene.phones.iter().enumerate() {
            let dice = Dice(seed ^ (n as u64 + 1));
            let (sent, again, stop) = (&sent, &again, &stop);
            scope.spawn(move || send_on(phone, dice, sent, again, stop));
        }
        // Whatever fails here, the phones must end, or the test never does.
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..KILLS {
                std::thread::sleep(Duration::from_millis(100 + dice.roll(700)));
                scene.server.kill();
                let acknowledged = sent.lock().unwrap().len();
                scene.server.run(&[]);
                let all =
                    sent.lock().unwrap()[acknowledged.saturating_sub(5)..acknowledged].to_vec();
                verify(&scene.admin, &all);
            }
        }));
        stop.store(true, Ordering::Relaxed);
        if let Err(why) = ended {
            std::panic::resume_unwind(why);
        }
    });
    let sent = sent.into_inner().unwrap();
    let killing = start.elapsed();
    assert!(sent.len() > 10 * KILLS, "too little load: {}", sent.len());
    verify(&scene.admin, &sent);
    everything_listed_is_whole(&scene.admin);

    let count = scene.admin.all::<SubmissionRow>("/submissions").len();
    for filled in sent.iter().step_by(1 + sent.len() / 40) {
        scene.phones[0].post(&filled.whole()).expect(201);
    }
    assert_eq!(
        scene.admin.all::<SubmissionRow>("/submissions").len(),
        count,
        "a repeat was stored twice"
    );
    scene.server.kill();
    scene.server.run(&[]);
    assert_eq!(
        store::incoming(scene.server.data()).len(),
        0,
        "half received files after a restart"
    );
    println!(
        "{KILLS} kills in {killing:.1?}: {} acknowledged, 0 lost; {} tries broken off; {count} stored; {:.1?} in all",
        sent.len(),
        again.into_inner(),
        start.elapsed()
    );
}

/// Every acknowledged form is there once, byte for byte, with every photo.
fn verify(admin: &Api, acknowledged: &[Filled]) {
    let rows: Vec<SubmissionRow> = admin.all("/submissions");
    std::thread::scope(|scope| {
        for part in acknowledged.chunks(acknowledged.len().div_ceil(8).max(1)) {
            let rows = &rows;
            scope.spawn(move || part.iter().for_each(|filled| verify_one(admin, rows, filled)));
        }
    });
}

fn verify_one(admin: &Api, rows: &[SubmissionRow], filled: &Filled) {
    let id = &filled.visit.instance;
    let found: Vec<&SubmissionRow> = rows.iter().filter(|row| row.instance_id == *id).collect();
    assert_eq!(found.len(), 1, "{id} was acknowledged and is stored {} times", found.len());
    let seq = found[0].seq;
    let xml = admin.get(&format!("/submissions/{seq}/xml")).expect(200).body;
    assert_eq!(sha256(&xml), sha256(&filled.visit.xml()), "{id}: XML");
    let stored: Submission = admin.get(&format!("/submissions/{seq}")).expect(200).json();
    for (name, bytes) in &filled.photos {
        let file = stored.attachments.iter().find(|file| file.name == *name);
        let hash = file.and_then(|file| file.sha256.as_deref());
        assert_eq!(hash, Some(sha256(bytes).as_str()), "{id}: {name}");
        assert_eq!(&download(admin, seq, name), bytes, "{id}: {name}");
    }
}

fn download(admin: &Api, seq: i64, name: &str) -> Vec<u8> {
    let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    admin.get(&format!("/submissions/{seq}/attachments/{name}")).expect(200).body
}

/// Nothing half visible: what is listed has its XML, and every file said to be there is.
fn everything_listed_is_whole(admin: &Api) {
    let rows: Vec<SubmissionRow> = admin.all("/submissions");
    std::thread::scope(|scope| {
        for part in rows.chunks(rows.len().div_ceil(8).max(1)) {
            scope.spawn(move || {
                for row in part {
                    let shown: Submission =
                        admin.get(&format!("/submissions/{}", row.seq)).expect(200).json();
                    let xml = admin.get(&format!("/submissions/{}/xml", row.seq)).expect(200).body;
                    assert_eq!(
                        crate::harness::xml::Element::read(&xml).at("meta/instanceID"),
                        row.instance_id
                    );
                    let there = shown.attachments.iter().filter(|file| file.sha256.is_some());
                    assert_eq!(there.count() as u64, row.attachments_present);
                }
            });
        }
    });
}
