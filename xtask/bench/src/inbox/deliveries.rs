//! Genuine deliveries of about 1 KB, each with an id of its own.

use std::{ops::Range, sync::Arc};

use idhooks_caf as caf;
use idhooks_core::{Secret, Verified};

use crate::{Outcome, contestants::SECRET, sample::compact};

pub(super) type Delivery = Verified<caf::Event>;

const BYTES: usize = 1024;
const ID: &str = "01JZNL6XQBNF623MB5KE64GNQD";
const SUBJECT: &str = "01JZNL6XQBNF623MB5KE64GNQB";

/// What deliveries are about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Subjects {
    Different,
    One,
}

/// Returns whether a subject is the one of [`Subjects::One`].
pub(super) fn is_one(subject: &str) -> bool {
    !subject.contains(|digit: char| ('1'..='9').contains(&digit))
}

/// Makes deliveries, all different, of this process and others that were given another `series`.
#[derive(Clone)]
pub(super) struct Deliveries {
    series: u32,
    next: u64,
    template: Arc<str>,
    secret: Secret,
}

impl Deliveries {
    pub(super) fn new(series: u32) -> Outcome<Self> {
        let text = compact("caf", "transaction-status-updated")?;
        if [ID, SUBJECT].iter().any(|id| text.matches(id).count() != 1) {
            return Err("the ids of the fixture changed".into());
        }
        let open = text.strip_suffix("}}").ok_or("the fixture ends otherwise")?;
        let padding = BYTES.saturating_sub(text.len());
        let template = format!(r#"{open},"note":"{}"}}}}"#, "x".repeat(padding));
        Ok(Self { series, next: 0, template: template.into(), secret: Secret::new(SECRET)? })
    }

    fn numbers(&mut self, count: usize) -> Range<u64> {
        let first = self.next;
        self.next += count as u64;
        first..self.next
    }

    fn body(&self, number: u64, subjects: Subjects) -> String {
        let id = |letter| format!("{letter}{:08}{number:017}", self.series);
        let subject =
            if subjects == Subjects::One { id('S').replace(|digit: char| digit.is_numeric(), "0") } else { id('S') };
        self.template.replacen(ID, &id('E'), 1).replacen(SUBJECT, &subject, 1)
    }

    /// As a receiver has them once it has verified them.
    pub(super) fn verified(&mut self, count: usize, subjects: Subjects) -> Outcome<Vec<Delivery>> {
        let numbers = self.numbers(count);
        let verifier = caf::Verifier::new(self.secret.clone());
        let delivery = |number| {
            let body = self.body(number, subjects);
            let header = caf::sign(&self.secret, body.as_bytes());
            verifier.verify(&[header], body).map_err(|refused| refused.as_str().into())
        };
        numbers.map(delivery).collect()
    }

    /// As they come over HTTP.
    pub(super) fn requests(&mut self, count: usize) -> Vec<Vec<u8>> {
        let numbers = self.numbers(count);
        let request = |number| {
            let body = self.body(number, Subjects::Different);
            let (name, signature) = caf::sign(&self.secret, body.as_bytes());
            let head = format!(
                "POST / HTTP/1.1\r\nhost: localhost\r\nuser-agent: Caf-Webhook/Connect\r\n\
                 content-type: application/json\r\naccept: */*\r\ncontent-length: {}\r\n{name}: {signature}\r\n\r\n",
                body.len()
            );
            [head.as_bytes(), body.as_bytes()].concat()
        };
        numbers.map(request).collect()
    }
}
