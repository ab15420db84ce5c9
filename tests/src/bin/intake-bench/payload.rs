//! What is sent: one upload made beforehand, of which every sending changes a few bytes in place, so
//! that making it costs the senders nothing and no two are alike.

use ntm_tests::{Multipart, Visit, photo};

/// Villages of each commune, and households of each village.
pub const VILLAGES: u32 = 60;
/// Households of each village.
pub const HOUSEHOLDS: u32 = 999;
/// Head of every household on the roster.
pub const HEAD: &str = "Giàng A Páo";
/// Its members.
pub const MEMBERS: &str = "4";
/// What the commune's list says of it, and what it says itself.
pub const POVERTY: &str = "none";

/// The instance id and the household that a template is made with.
const INSTANCE: &str = "uuid:ffffffffffffffff";
const HOUSEHOLD: &str = "u0066.01.001";
/// At the end of every photo, behind the picture: what makes it another file.
const MARK: &[u8; 16] = b"0000000000000000";

/// A kind of submission.
pub struct Payload {
    xml: Vec<u8>,
    photos: Vec<Vec<u8>>,
}

impl Payload {
    /// A household's answers with so many photos of so many bytes.
    pub fn new(photos: usize, bytes: usize) -> Payload {
        let names: Vec<String> = (1..=photos).map(|n| format!("photo-{n}.jpg")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let visit = Visit { instance: INSTANCE.into(), ..Visit::completed(HOUSEHOLD) };
        let picture = |n: usize| {
            let mut picture = photo::heavy(n as u64 + 1, bytes.min(300_000) * 3 / 4);
            assert!(picture.len() + MARK.len() <= bytes, "a picture of {} bytes", picture.len());
            picture.resize(bytes - MARK.len(), 0);
            picture.extend_from_slice(MARK);
            picture
        };
        let xml = String::from_utf8(visit.photos(&names).xml()).expect("text");
        Payload { xml: as_a_phone(&xml).into(), photos: (0..photos).map(picture).collect() }
    }

    /// In words.
    pub fn describe(&self) -> String {
        let xml = self.xml.len();
        match self.photos.first() {
            None => format!("XML of {xml} bytes"),
            Some(photo) => {
                format!("XML of {xml} bytes, {} photos of {} bytes", self.photos.len(), photo.len())
            }
        }
    }

    /// The XML and the photos alone.
    pub fn bytes(&self) -> (Vec<u8>, Vec<Vec<u8>>) {
        (self.xml.clone(), self.photos.clone())
    }

    /// The upload of one sender.
    pub fn upload(&self) -> Changing {
        let mut upload = Multipart::of(&self.xml);
        for (n, photo) in self.photos.iter().enumerate() {
            upload = upload.photo(&format!("photo-{}.jpg", n + 1), photo);
        }
        Changing::new(upload.body())
    }
}

/// What a phone reads from the roster is in its answers; what it does not ask is not.
fn as_a_phone(xml: &str) -> String {
    let (before, after) = xml.split_once("</round>").expect("a round");
    let after = after.replace("<wage_work>no</wage_work>", "");
    format!(
        "{before}</round><roster_head>{HEAD}</roster_head><roster_members>{MEMBERS}</roster_members>\
         <roster_poverty>{POVERTY}</roster_poverty><income_sample>no</income_sample>{after}"
    )
}

/// Bytes with places that change.
pub struct Changing {
    bytes: Vec<u8>,
    instance: usize,
    household: usize,
    village: usize,
    marks: Vec<usize>,
}

impl Changing {
    fn new(bytes: Vec<u8>) -> Changing {
        let places = |wanted: &[u8]| -> Vec<usize> {
            let at = bytes.windows(wanted.len()).enumerate();
            at.filter(|(_, window)| *window == wanted).map(|(at, _)| at).collect()
        };
        let first = |wanted: &str| places(wanted.as_bytes())[0];
        let instance = first(INSTANCE) + "uuid:".len();
        let household = first(HOUSEHOLD) + "u0066.".len();
        let village = first("<village>u0066.01") + "<village>u0066.".len();
        let mut marks = places(MARK);
        marks.dedup_by(|after, before| *after - *before < MARK.len());
        Changing { instance, household, village, marks, bytes }
    }

    /// The nth upload of a sender, of so many.
    pub fn nth(&mut self, sender: usize, senders: usize, n: usize) -> &[u8] {
        // Every interview is of another household, as in a round, until all have been asked: a
        // collector goes from door to door, in a part of the commune of his own.
        let all = VILLAGES * HOUSEHOLDS;
        let place = (sender as u32 * (all / senders as u32) + n as u32) % all;
        let village = format!("{:02}", place / HOUSEHOLDS + 1);
        let household = format!("{village}.{:03}", place % HOUSEHOLDS + 1);
        let id = format!("{sender:06x}{n:010x}");
        let mut put = |at: usize, text: &str| {
            self.bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
        };
        put(self.instance, &id);
        put(self.household, &household);
        put(self.village, &village);
        for (k, at) in self.marks.iter().enumerate() {
            put(*at, &format!("{k:01x}{sender:05x}{n:010x}"));
        }
        &self.bytes
    }
}
