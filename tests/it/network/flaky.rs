//! Senders on a bad network: a quarter of the uploads is cut, of the rest a quarter never hears the
//! answer, and each tries again until it does.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::durability::Scene;
use crate::durability::load::{Dice, Filled, verify};
use crate::harness::{Phone, RealServer, store};

const SENDERS: usize = 16;
const FORMS: usize = 300;

#[derive(Default)]
struct Told {
    cut: AtomicUsize,
    unheard: AtomicUsize,
    sent: AtomicUsize,
}

#[test]
fn every_sender_on_a_bad_network_ends_with_success_and_everything_is_there_once() {
    let mut dice = Dice::thrown();
    let scene = Scene::new(RealServer::start(), SENDERS);
    let filled: Vec<Filled> = (0..FORMS).map(|_| Filled::new(&mut dice)).collect();
    let (told, next, seed) = (Told::default(), AtomicUsize::new(0), dice.roll(u64::MAX));
    std::thread::scope(|scope| {
        for (n, phone) in scene.phones.iter().enumerate() {
            let (told, next, filled) = (&told, &next, &filled);
            scope.spawn(move || {
                let mut dice = Dice(seed ^ n as u64);
                while let Some(form) = filled.get(next.fetch_add(1, Ordering::Relaxed)) {
                    while !sent(phone, form, &mut dice, told) {}
                }
            });
        }
    });
    let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    verify(&scene.admin, &filled);
    let census = store::census(scene.server.data());
    assert_eq!(census["submission"], FORMS as i64);
    assert_eq!((census["salvage"], census["salvage_file"]), (0, 0), "parts are left of whole ones");
    assert_eq!(count(&told.sent), FORMS);
    assert!(count(&told.cut) > FORMS / 8 && count(&told.unheard) > FORMS / 8, "too kind a network");
    println!(
        "{FORMS} forms, {SENDERS} at once: {} tries cut, {} answers lost; each stored once",
        count(&told.cut),
        count(&told.unheard)
    );
}

/// One try; whether the phone heard that it was a success.
fn sent(phone: &Phone, form: &Filled, dice: &mut Dice, told: &Told) -> bool {
    let upload = form.whole();
    let body = upload.body();
    if dice.roll(4) == 0 {
        told.cut.fetch_add(1, Ordering::Relaxed);
        phone.cut(&upload, dice.roll(body.len() as u64) as usize, body.len() + 1);
        return false;
    }
    let mut socket = phone.begin(body.len()).expect("a connection");
    socket.write_all(&body).expect("the body goes out");
    if dice.roll(4) == 0 {
        told.unheard.fetch_add(1, Ordering::Relaxed);
        // At once, or when the answer is on its way.
        if dice.roll(2) == 0 {
            let _ = socket.read(&mut [0]);
        }
        return false;
    }
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    // Nobody is ever told that somebody else sent it.
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    told.sent.fetch_add(1, Ordering::Relaxed);
    true
}
