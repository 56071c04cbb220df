//! One readable line a delivery.

use std::{
    fmt,
    io::{Write as _, stdout},
    time::Duration,
};

use idhooks::core::Escaped;

/// Prints a line; a closed pipe (`| head`) is no reason to panic.
pub(crate) fn line(text: fmt::Arguments<'_>) {
    writeln!(stdout().lock(), "{text}").unwrap_or_default();
}

/// What became of one request, or of one attempt to handle a delivery.
pub(crate) struct Line<'a> {
    pub(crate) verdict: &'a str,
    pub(crate) vendor: &'a str,
    pub(crate) event: &'a str,
    pub(crate) subject: &'a str,
    /// Its number in the inbox, and what is to be said of it there.
    pub(crate) entry: &'a str,
    pub(crate) key: &'a str,
    pub(crate) taken: Duration,
    pub(crate) note: &'a str,
}

pub(crate) fn heading() {
    line(format_args!(
        "{:<12} {:<12} {:<45} {:<26} {:<16} {:<24} {:>9}",
        "VERDICT", "VENDOR", "EVENT OR REASON", "SUBJECT", "INBOX", "KEY", "TIME"
    ));
}

impl Line<'_> {
    pub(crate) fn print(&self) {
        let (event, subject, key) = (cut(self.event, 45), cut(self.subject, 26), cut(self.key, 24));
        let entry = cut(self.entry, 16);
        let time = format!("{:.2} ms", self.taken.as_secs_f64() * 1e3);
        let note = if self.note.is_empty() { String::new() } else { format!("  {}", cut(self.note, 80)) };
        line(format_args!(
            "{:<12} {:<12} {event:<45} {subject:<26} {entry:<16} {key:<24} {time:>9}{note}",
            self.verdict, self.vendor
        ));
    }
}

/// Safe to print, and at most `width` characters.
fn cut(text: &str, width: usize) -> String {
    let text = Escaped(text).to_string();
    if text.chars().count() <= width {
        return text;
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
