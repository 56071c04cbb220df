//! Every link in a piece of JSON, wherever the vendor moved it.

use idhooks_core::{DecodeError, RawJson, json};

use super::PresignedLink;

/// A link and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundLink {
    /// Names and indexes from the outside in: `data.frontIdCardResults[0].response.faceImageUrl`.
    pub path: String,
    /// The link.
    pub link: PresignedLink,
}

/// Objects and arrays inside each other, below which no link is looked for.
const DEEPEST: usize = 32;
/// A full verification with ten attempts at everything holds a few hundred.
const MOST: usize = 1_024;
/// The longest path.
const LONGEST: usize = 1_024;

/// Returns every non-empty text under a member whose name ends in `Url`, in the order they come: v2 has
/// links inside `response`, v3 beside it, and both are alive.
///
/// Takes a whole body, or the text of a [`RawJson`](idhooks_core::RawJson) such as `response`. Not
/// every `…Url` must be a signed link; one that is not is [`Unknown`](super::LinkState::Unknown).
///
/// # Errors
/// When it is no JSON, or made to hurt: more than 1,024 links, or names so long that a path takes
/// more than 1 KiB. Links inside more than 32 objects and arrays are not looked for.
///
/// ```
/// use idhooks_case_keeper::links_in;
///
/// let body = br#"{"data":{"dopaResults":[{"response":{"proofUrl":"https://example.com/a.pdf"}}]}}"#;
/// let links = links_in(body)?;
/// assert_eq!(links[0].path, "data.dopaResults[0].response.proofUrl");
/// assert_eq!(links[0].link.as_str(), "https://example.com/a.pdf");
/// # Ok::<(), idhooks_case_keeper::core::DecodeError>(())
/// ```
pub fn links_in(json: &[u8]) -> Result<Vec<FoundLink>, DecodeError> {
    json::decode::<RawJson>(json)?;
    let mut walk = Walk::default();
    for token in json::tokens(std::str::from_utf8(json).unwrap_or_default()) {
        match token {
            "{" => walk.open(Step::Member(None)),
            "[" => walk.open(Step::Element(0)),
            "}" | "]" => walk.close(),
            "," => walk.next(),
            _ if token.starts_with('"') => walk.string(token)?,
            _ => {}
        }
    }
    Ok(walk.found)
}

/// Where the walk is. Not recursive, so no body can exhaust the stack.
#[derive(Default)]
struct Walk<'a> {
    path: Vec<Step<'a>>,
    /// Levels below the deepest that is looked at.
    below: usize,
    found: Vec<FoundLink>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    /// In an object, at the member of this name, quoted and escaped as sent. `None` before its name.
    Member(Option<&'a str>),
    /// In an array, at the element of this index.
    Element(usize),
}

impl<'a> Walk<'a> {
    fn open(&mut self, step: Step<'a>) {
        if self.path.len() < DEEPEST {
            self.path.push(step);
        } else {
            self.below += 1;
        }
    }

    fn close(&mut self) {
        match self.below.checked_sub(1) {
            Some(below) => self.below = below,
            None => drop(self.path.pop()),
        }
    }

    /// The innermost step, unless the walk is too deep.
    fn here(&mut self) -> Option<&mut Step<'a>> {
        if self.below == 0 { self.path.last_mut() } else { None }
    }

    fn next(&mut self) {
        match self.here() {
            Some(Step::Element(index)) => *index += 1,
            Some(Step::Member(name)) => *name = None,
            None => {}
        }
    }

    fn string(&mut self, token: &'a str) -> Result<(), DecodeError> {
        let name = match self.here() {
            Some(Step::Member(Some(name))) => *name,
            Some(Step::Member(name)) => {
                *name = Some(token);
                return Ok(());
            }
            _ => return Ok(()),
        };
        if !name.ends_with("Url\"") || token == "\"\"" {
            return Ok(());
        }
        if self.found.len() == MOST {
            return Err(DecodeError::new("", "holds more links than a delivery can have"));
        }
        // A string with a lone surrogate is JSON, but not an address.
        let Some(link) = json::unescape(token) else { return Ok(()) };
        let link = PresignedLink::from(&*link);
        let path = self.write_path()?;
        self.found.push(FoundLink { path, link });
        Ok(())
    }

    fn write_path(&self) -> Result<String, DecodeError> {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Member(name) => {
                    let name = name.unwrap_or_default();
                    if path.len() + name.len() > LONGEST {
                        return Err(DecodeError::new("", "holds a link under names longer than a delivery can have"));
                    }
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&json::unescape(name).unwrap_or_default());
                }
                Step::Element(index) => path.push_str(&format!("[{index}]")),
            }
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(json: &str) -> Vec<(String, String)> {
        let links = links_in(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
        links.into_iter().map(|found| (found.path, found.link.as_str().to_owned())).collect()
    }

    fn one(path: &str, link: &str) -> Vec<(String, String)> {
        vec![(path.to_owned(), link.to_owned())]
    }

    #[test]
    fn finds_links_wherever_they_are() {
        assert_eq!(
            found(r#"{"aUrl":"x","b":[{"c":1,"cUrl":"y"},[{}, {"dUrl" : "z\/\u0041"}]],"Url":"w"}"#),
            [
                ("aUrl".to_owned(), "x".to_owned()),
                ("b[0].cUrl".to_owned(), "y".to_owned()),
                ("b[1][1].dUrl".to_owned(), "z/A".to_owned()),
                ("Url".to_owned(), "w".to_owned()),
            ]
        );
        assert_eq!(found(r#"[1,[],{"a,]Url":":,\"}"}]"#), one("[2].a,]Url", ":,\"}"));
        assert_eq!(found(r#"{"a\"Url":"x"}"#), one("a\"Url", "x"));
        assert_eq!(found(r#"{"a":"b\\","cUrl":"x"}"#), one("cUrl", "x"));
        assert_eq!(found("{\n \"ทUrl\"\t:\r\n \"ส\" }"), one("ทUrl", "ส"));
        for none in [
            r#"{"aUrl":"","bUrl":null,"cUrl":7,"dUrl":["x"],"eUrl":{"f":"x"},"url":"x","aUrlKey":"x","aurl":"x"}"#,
            r#""aUrl""#,
            r#"["aUrl","x"]"#,
            r#"{"aUrl":"\ud800"}"#,
            "1e999",
            "[]",
        ] {
            assert_eq!(found(none), [], "{none}");
        }
    }

    #[test]
    fn row_19_what_is_no_json_is_an_error() {
        for bad in ["", "{", "{\"aUrl\":\"x\"", "{} {}", "\u{feff}{}", "\"a", "[1,]"] {
            assert!(links_in(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(links_in(b"\xff").is_err());
    }

    #[test]
    fn row_21_memory_is_bounded() {
        let many = |n: usize| format!("[{}{{}}]", "{\"aUrl\":\"x\"},".repeat(n));
        assert_eq!(found(&many(MOST)).len(), MOST);
        let error = links_in(many(MOST + 1).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "the body holds more links than a delivery can have");

        let long = format!("{{\"{}\":[{{\"aUrl\":\"x\"}},{{\"aUrl\":\"x\"}}]}}", "n".repeat(1_000_000));
        let error = links_in(long.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "the body holds a link under names longer than a delivery can have");

        let nest = |depth: usize| format!("{}{{\"aUrl\":\"x\"}}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(found(&nest(DEEPEST - 1)).len(), 1);
        assert_eq!(found(&nest(DEEPEST)).len(), 0);
        assert_eq!(found(&format!("[{},{{\"aUrl\":\"x\"}}]", nest(100_000))), one("[1].aUrl", "x"));
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes: Vec<u8>, text in "[\\[\\]{},:\"\\\\aUrlท0 ]{0,40}") {
            let _ = (links_in(&bytes), links_in(text.as_bytes()));
        }
    }
}
