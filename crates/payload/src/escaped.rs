//! Text from outside, made safe to print.

use std::fmt::{self, Write as _};

/// Shows text as it is, but for characters that act on a terminal or a log, or hide in one:
/// controls, line ends, and the marks that reverse or join text. Those are written `\u{…}`.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "made by writing it")]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| if acts(c) { write!(f, "{}", c.escape_unicode()) } else { f.write_char(c) })
    }
}

fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{180e}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_24_keeps_words_and_escapes_what_acts() {
        assert_eq!(Escaped("João ทดสอบ a/b'c").to_string(), "João ทดสอบ a/b'c");
        assert_eq!(Escaped("a\u{202e}b\nc\0").to_string(), "a\\u{202e}b\\u{a}c\\u{0}");
    }
}
