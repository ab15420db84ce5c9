//! Text for people and text as it arrives: the two languages, Unicode normal form, and the folding
//! used to search without tone marks.

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfc};

/// The languages ntm speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Vietnamese, the default.
    #[default]
    Vi,
    /// English, on request.
    En,
}

impl Lang {
    /// The best language for an `Accept-Language` header (RFC 9110, 12.5.4): the listed language of
    /// highest weight that ntm speaks, first listed on a tie; Vietnamese when none is.
    pub fn from_accept_language(header: &str) -> Lang {
        let mut best = (0.0_f32, Lang::Vi);
        for item in header.split(',') {
            let mut parts = item.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = parts
                .find_map(|p| p.trim().strip_prefix("q=").map(str::parse::<f32>))
                .map_or(1.0, |q| q.unwrap_or(0.0));
            let lang = match tag.split('-').next() {
                Some("vi") => Lang::Vi,
                Some("en") => Lang::En,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, lang);
            }
        }
        best.1
    }
}

/// One message in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A message in both languages.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Text { vi: vi.into(), en: en.into() }
    }

    /// The message in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// Unicode Normalization Form C. Every text that enters ntm passes through here before it is
/// compared or stored as a field; originals are kept byte for byte elsewhere.
pub fn nfc(text: &str) -> String {
    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

/// A key for searching as people type on a phone: lower case, no tone or vowel marks, `đ` as `d`,
/// single spaces. "Tả  Phời" and "ta phoi" have the same key; so do both placements of the tone
/// mark ("Hoà", "Hòa"). Never used as an identity.
pub fn fold(text: &str) -> String {
    let bare: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_marks_case_and_normal_form() {
        let decomposed: String = "Tả Phời".nfd().collect();
        assert_eq!(fold(&decomposed), "ta phoi");
        assert_eq!(fold("Xuân Hoà"), fold("xuân  HÒA"));
        assert_eq!(fold("Đồng Tuyển"), "dong tuyen");
    }

    #[test]
    fn normal_form_makes_equal_what_looks_equal() {
        let decomposed: String = "Nậm Chảy".nfd().collect();
        assert_ne!(decomposed, "Nậm Chảy");
        assert_eq!(nfc(&decomposed), "Nậm Chảy");
    }

    #[test]
    fn accept_language_follows_weights_and_falls_back_to_vietnamese() {
        assert_eq!(Lang::from_accept_language("en-US,en;q=0.9"), Lang::En);
        assert_eq!(Lang::from_accept_language("en;q=0.5, vi"), Lang::Vi);
        assert_eq!(Lang::from_accept_language("fr, de"), Lang::Vi);
        assert_eq!(Lang::from_accept_language(""), Lang::Vi);
    }
}
