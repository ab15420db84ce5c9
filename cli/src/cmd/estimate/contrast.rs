//! Differences of two domains, as asked for on the command line.

use ntm_shared::text::Text;

use crate::failure::Failure;

/// A difference of two domains.
pub struct Contrast {
    /// `A - B`.
    pub name: String,
    /// The numbers of the domains.
    pub pair: (usize, usize),
}

/// The contrasts asked for, among the domains there are.
pub fn contrasts(asked: &[String], levels: &[Option<String>]) -> anyhow::Result<Vec<Contrast>> {
    let wrong = |text: &str, vi: &str, en: &str| {
        Failure::local(
            Text::new(format!("--contrast “{text}”: {vi}."), format!("--contrast “{text}”: {en}.")),
            Text::new(
                "viết --contrast A,B với A, B là giá trị của cột --by",
                "write --contrast A,B with values of the --by column",
            ),
        )
    };
    asked
        .iter()
        .map(|text| {
            // A value may have a comma in it: the comma that parts two known values counts.
            let known = |value: &str| {
                let value = ntm_shared::text::nfc(value.trim());
                levels.iter().position(|level| level.as_deref() == Some(value.as_str()))
            };
            let mut cuts = text.match_indices(',').map(|(at, _)| (&text[..at], &text[at + 1..]));
            let found = cuts.find_map(|(a, b)| Some((a, b, known(a)?, known(b)?)));
            match found {
                None => Err(wrong(text, "không có hai nhóm ấy", "there are no two such domains")),
                Some((_, _, a, b)) if a == b => {
                    Err(wrong(text, "hai nhóm là một", "the two domains are one"))
                }
                Some((a, b, one, other)) => Ok(Contrast {
                    name: format!("{} - {}", a.trim(), b.trim()),
                    pair: (one, other),
                }),
            }
        })
        .collect()
}
