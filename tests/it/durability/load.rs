//! Phones that send as fast as they can, and the question whether what they were told is true.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use ntm_shared::api::submission::{Submission, SubmissionRow};

use crate::harness::{Answer, Api, Multipart, Phone, Visit, photo, sha256};

/// Random numbers from a seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// From the time, or from `NTM_TEST_SEED`; printed.
    pub fn thrown() -> Dice {
        let now =
            || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
        let given = std::env::var("NTM_TEST_SEED").ok().and_then(|s| s.parse().ok());
        let seed = given.unwrap_or_else(now);
        println!("seed {seed} (NTM_TEST_SEED={seed} repeats the choices)");
        Dice(seed)
    }

    /// Less than `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

/// A form as the phone holds it: what must be on the server once it was told "sent".
#[derive(Clone)]
pub struct Filled {
    /// The answers.
    pub visit: Visit,
    /// The photos they name.
    pub photos: Vec<(String, Vec<u8>)>,
}

impl Filled {
    /// Up to four photos.
    pub fn new(dice: &mut Dice) -> Filled {
        let photos = dice.roll(5);
        Filled::with(dice, photos)
    }

    /// So many photos, unless nobody was at home.
    pub fn with(dice: &mut Dice, photos: u64) -> Filled {
        let household = format!("u0066.{:02}.{:03}", 1 + dice.roll(3), 1 + dice.roll(40));
        let names: Vec<String> =
            (0..photos).map(|n| format!("ảnh {n} {}.jpg", dice.roll(1 << 40))).collect();
        let mut visit = Visit::completed(&household);
        if photos < 4 && dice.roll(4) == 0 {
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

    /// As one upload.
    pub fn whole(&self) -> Multipart {
        let upload = Multipart::of(&self.visit.xml());
        self.photos.iter().fold(upload, |upload, (name, bytes)| upload.photo(name, bytes))
    }
}

fn sha_seed(text: &str) -> u64 {
    u64::from_str_radix(&sha256(text.as_bytes())[..15], 16).expect("hex")
}

/// What phones did so far.
#[derive(Default)]
pub struct Load {
    sent: Mutex<Vec<Filled>>,
    again: AtomicUsize,
    refused: AtomicUsize,
    stop: AtomicBool,
}

impl Load {
    /// Has `phones` send while `during` runs. Whatever fails there, the phones end.
    pub fn under<T>(
        phones: &[Phone],
        dice: &mut Dice,
        during: impl FnOnce(&Load) -> T,
    ) -> (T, Load) {
        let load = Load::default();
        let seed = dice.roll(u64::MAX);
        let ended = std::thread::scope(|scope| {
            for (n, phone) in phones.iter().enumerate() {
                let (load, dice) = (&load, Dice(seed ^ (n as u64 + 1)));
                scope.spawn(move || load.send_on(phone, dice));
            }
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| during(&load)));
            load.stop.store(true, Ordering::Relaxed);
            ended
        });
        (ended.unwrap_or_else(|why| std::panic::resume_unwind(why)), load)
    }

    /// What was acknowledged.
    pub fn acknowledged(&self) -> Vec<Filled> {
        self.sent.lock().unwrap().clone()
    }

    /// Tries that broke off.
    pub fn broken(&self) -> usize {
        self.again.load(Ordering::Relaxed)
    }

    /// Tries refused because of the disk.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Sends until told to stop. What the network swallowed or the disk refused is sent again, as a
    /// phone does.
    fn send_on(&self, phone: &Phone, mut dice: Dice) {
        let mut phone = phone.apart();
        while !self.stop.load(Ordering::Relaxed) {
            let filled = Filled::new(&mut dice);
            let split = dice.roll(3) == 0;
            loop {
                let answer =
                    if split { in_parts(&phone, &filled) } else { phone.try_post(&filled.whole()) };
                let count = match answer {
                    Ok(answer) if answer.status == 201 => {
                        self.sent.lock().unwrap().push(filled);
                        break;
                    }
                    Ok(answer) if [503, 507].contains(&answer.status) => &self.refused,
                    Ok(answer) => panic!("{}: {}", answer.status, answer.text()),
                    Err(_) => &self.again,
                };
                if self.stop.load(Ordering::Relaxed) {
                    return;
                }
                count.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(15));
                phone = phone.apart();
            }
            std::thread::sleep(Duration::from_millis(dice.roll(40)));
        }
    }
}

fn in_parts(phone: &Phone, filled: &Filled) -> reqwest::Result<Answer> {
    let xml = filled.visit.xml();
    let mut answer = phone.try_post(&Multipart::of(&xml).incomplete())?;
    for (name, bytes) in &filled.photos {
        if answer.status != 201 {
            break;
        }
        answer = phone.try_post(&Multipart::of(&xml).photo(name, bytes).incomplete())?;
    }
    Ok(answer)
}

/// Every acknowledged form is there once, byte for byte, with every photo.
pub fn verify(admin: &Api, acknowledged: &[Filled]) {
    let rows: Vec<SubmissionRow> = admin.all("/submissions");
    std::thread::scope(|scope| {
        for part in acknowledged.chunks(acknowledged.len().div_ceil(8).max(1)) {
            let rows = &rows;
            scope.spawn(move || part.iter().for_each(|filled| verify_one(admin, rows, filled)));
        }
    });
}

pub fn verify_one(admin: &Api, rows: &[SubmissionRow], filled: &Filled) {
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
