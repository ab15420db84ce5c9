//! JSON in windows-1258 (the Encoding Standard's index): one byte for a Vietnamese letter or a letter and
//! its tone, where UTF-8 has two or three. A reader puts letters and tones together again (NFC).

use unicode_normalization::UnicodeNormalization;

/// The upper half, from 0x80; a blank stands where there is nothing that a text needs.
const UPPER: &str = "€ ‚ƒ„…†‡ˆ‰ ‹Œ    ‘’“”•–—˜™ ›œ  Ÿ\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿\
    ÀÁÂĂÄÅÆÇÈÉÊË\u{300}ÍÎÏĐÑ\u{309}ÓÔƠÖ×ØÙÚÛÜƯ\u{303}ßàáâăäåæçèéêë\u{301}íîïđñ\u{323}óôơö÷øùúûüư₫ÿ";

/// The bytes of JSON; what the charset has not is escaped, and may stand in texts alone.
pub(super) fn encode(json: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\0'..='\x7f' => out.push(c as u8),
            _ => letter(c, &mut out),
        }
    }
    out
}

fn letter(c: char, out: &mut Vec<u8>) {
    let parts: Vec<char> = match byte(c) {
        Some(_) => vec![c],
        None => {
            // A tone stands behind its letter: what is left of that is one character.
            let mut parts: Vec<char> = c.nfd().collect();
            let tone = parts.iter().position(|part| is_tone(*part)).map(|at| parts.remove(at));
            parts.into_iter().nfc().chain(tone).collect()
        }
    };
    let bytes: Option<Vec<u8>> = parts.iter().map(|part| byte(*part)).collect();
    match bytes {
        // A tone by itself would be put together with what stands before it.
        Some(bytes) if !is_tone(c) && parts.into_iter().nfc().eq([c]) => out.extend(bytes),
        _ => {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.extend(format!("\\u{unit:04x}").bytes());
            }
        }
    }
}

fn is_tone(c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
}

fn byte(c: char) -> Option<u8> {
    if c.is_ascii() {
        return Some(c as u8);
    }
    let at = UPPER.chars().position(|upper| upper == c)?;
    u8::try_from(0x80 + at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a browser makes of it, put together.
    fn read(bytes: &[u8]) -> String {
        let upper: Vec<char> = UPPER.chars().collect();
        let one =
            |b: &u8| upper.get(usize::from(*b).wrapping_sub(0x80)).copied().unwrap_or(*b as char);
        bytes.iter().map(one).nfc().collect()
    }

    #[test]
    fn the_index_has_a_place_for_every_byte() {
        assert_eq!(UPPER.chars().count(), 128);
        // From the Encoding Standard's index-windows-1258.txt.
        for (b, c) in [(0x80, '€'), (0xcc, '\u{300}'), (0xd2, '\u{309}'), (0xf0, 'đ'), (0xff, 'ÿ')]
        {
            assert_eq!(byte(c), Some(b));
        }
    }

    #[test]
    fn every_character_is_read_again() {
        // NFD too: what was in parts stays so.
        let all = (0x80..0x3100).chain([0xac00, 0xfb1d, 0x1_f600, 0x10_ffff]);
        for c in all.filter_map(char::from_u32) {
            for text in [format!("a{c}b"), format!("ơ{c}"), format!("{c}{c}")] {
                let json = format!("\"{text}\"");
                let back: String = serde_json::from_str(&read(&encode(&json))).unwrap();
                assert_eq!(back, text, "{:x}", c as u32);
            }
        }
    }

    #[test]
    fn vietnamese_has_no_escapes() {
        let text =
            "Nhà tiêu đang dùng, sạch, kín? Hộ ở “thôn Nậm Chảy” – KHÔNG RÕ ƯỚC LƯỢNG ẵ Ậ m²";
        let bytes = encode(text);
        assert!(!bytes.contains(&b'\\') && bytes.len() < text.len() * 9 / 10);
        assert_eq!(read(&bytes), text);
    }
}
