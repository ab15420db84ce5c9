//! The one way anything is printed: data on stdout as a table, JSON or CSV; everything else on
//! stderr; progress bars only when a person watches.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ntm_shared::text::Lang;
use serde::Serialize;

use crate::args::Global;

mod cell;
mod csv;
mod table;

pub use cell::{Cell, Column, Tone, count, decimal};

/// What the person asked the data to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for people.
    Table,
    /// Pretty JSON with stable keys.
    Json,
    /// CSV that Excel opens as Vietnamese text.
    Csv,
}

/// Prints in one format and one language.
#[derive(Debug)]
pub struct Printer {
    format: Format,
    lang: Lang,
    width: u16,
    colour: bool,
}

/// What stands around a list, for people only.
#[derive(Debug, Default)]
pub struct Around {
    /// A line above the table.
    pub title: Option<String>,
    /// A totals row, aligned with the columns.
    pub total: Option<Vec<Cell>>,
}

impl Printer {
    /// A printer for this process: the width of the terminal but never more than 100 columns, and
    /// colour only on a terminal without `NO_COLOR`. What reads a pipe or a file looks for whole lines:
    /// there nothing wraps.
    pub fn for_process(global: &Global) -> Printer {
        let terminal = io::stdout().is_terminal();
        let columns = || {
            let said = || std::env::var("COLUMNS").ok().and_then(|c| c.parse::<u16>().ok());
            comfy_table::Table::new().width().or_else(said).unwrap_or(100)
        };
        let width = if terminal { columns().clamp(40, 100) } else { u16::MAX };
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        Printer::new(global.format(), global.lang(), width, terminal && !plain)
    }

    /// A printer with everything said.
    pub fn new(format: Format, lang: Lang, width: u16, colour: bool) -> Printer {
        Printer { format, lang, width, colour }
    }

    /// The language of the person.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The format asked for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Columns there are room for.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Prints a list. JSON gets the items themselves, so it can hold more than the columns show.
    pub fn list<T: Serialize>(
        &self,
        items: &[T],
        columns: &[Column<T>],
        around: Around,
    ) -> anyhow::Result<()> {
        match self.format {
            Format::Json => self.json(items),
            Format::Csv => self.bytes(&csv::list(items, columns)?),
            Format::Table => {
                let mut text = around.title.map(|t| t + "\n").unwrap_or_default();
                let look = table::Look { lang: self.lang, width: self.width, colour: self.colour };
                text.push_str(&table::list(items, columns, around.total.as_deref(), look));
                self.line(&text)
            }
        }
    }

    /// Prints one value: its JSON when that was asked for, the given lines otherwise.
    pub fn value<T: Serialize>(&self, value: &T, lines: &str) -> anyhow::Result<()> {
        match self.format {
            Format::Json => self.json(value),
            Format::Table | Format::Csv => self.line(lines),
        }
    }

    /// Prints pretty JSON.
    pub fn json<T: Serialize + ?Sized>(&self, value: &T) -> anyhow::Result<()> {
        self.line(&serde_json::to_string_pretty(value)?)
    }

    /// Prints text and a newline to stdout.
    pub fn line(&self, text: &str) -> anyhow::Result<()> {
        let mut stdout = anstream::stdout().lock();
        writeln!(stdout, "{text}")?;
        Ok(stdout.flush()?)
    }

    /// Writes bytes to stdout as they are.
    pub fn bytes(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        Ok(stdout.flush()?)
    }

    /// A remark on stderr. Nobody reading stderr is no reason to fail.
    pub fn note(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// `error:` on stderr.
    pub fn error(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "\x1b[1;31merror:\x1b[0m {text}");
    }

    /// `hint:` on stderr: the next command.
    pub fn hint(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "\x1b[36mhint:\x1b[0m {text}");
    }

    /// A progress bar on stderr; hidden unless a person watches.
    pub fn progress(&self, length: u64, message: &str) -> ProgressBar {
        if !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar =
            ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(8));
        let style = ProgressStyle::with_template("{msg:32} {bar:30} {human_pos}/{human_len} {eta}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(message.to_owned());
        bar
    }
}
