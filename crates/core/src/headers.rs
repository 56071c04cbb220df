//! Request headers, whatever the web framework.

use std::{
    collections::{BTreeMap, HashMap},
    hash::BuildHasher,
};

use http::HeaderName;

use crate::VerifyError;

/// Longest value read as a signature, a Basic credential or an API key.
pub(crate) const LONGEST: usize = 1024;

/// Request headers, whatever the web framework.
///
/// There is one for `http::HeaderMap`, slices, arrays and `Vec`s of pairs, `HashMap` and `BTreeMap`.
/// A map keeps one value a name, so a verifier that reads from one cannot see a header that was
/// sent twice: prefer a form that keeps them all.
pub trait Headers {
    /// Every value under `name`; names of headers have no case.
    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]>;
}

impl Headers for http::HeaderMap {
    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]> {
        self.get_all(name).into_iter().map(http::HeaderValue::as_bytes)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]> {
        named(self.iter().map(|(name, value)| (name, value)), name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const LEN: usize> Headers for [(N, V); LEN] {
    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]> {
        named(self.iter().map(|(name, value)| (name, value)), name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for Vec<(N, V)> {
    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]> {
        named(self.iter().map(|(name, value)| (name, value)), name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, S: BuildHasher> Headers for HashMap<N, V, S> {
    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]> {
        named(self.iter(), name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for BTreeMap<N, V> {
    fn values<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]> {
        named(self.iter(), name)
    }
}

fn named<'a, N: AsRef<str> + 'a, V: AsRef<[u8]> + 'a>(
    pairs: impl Iterator<Item = (&'a N, &'a V)>,
    name: &'a HeaderName,
) -> impl Iterator<Item = &'a [u8]> {
    pairs.filter(move |(n, _)| n.as_ref().eq_ignore_ascii_case(name.as_str())).map(|(_, value)| value.as_ref())
}

/// The one value under `name`, without the blanks HTTP allows around it.
pub(crate) fn single<'a, H: Headers + ?Sized>(headers: &'a H, name: &'a HeaderName) -> Result<&'a [u8], VerifyError> {
    single_up_to(headers, name, LONGEST)
}

pub(crate) fn single_up_to<'a, H: Headers + ?Sized>(
    headers: &'a H,
    name: &'a HeaderName,
    longest: usize,
) -> Result<&'a [u8], VerifyError> {
    let mut values = headers.values(name);
    match (values.next(), values.next()) {
        (None, _) => Err(VerifyError::MissingHeader),
        (Some(_), Some(_)) => Err(VerifyError::RepeatedHeader),
        (Some(value), None) => match value.trim_ascii() {
            b"" => Err(VerifyError::Malformed),
            value if value.len() > longest || !value.is_ascii() => Err(VerifyError::Malformed),
            value => Ok(value),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 2, over every form of headers.
    #[test]
    fn row_02_reads_the_one_value_or_says_why_not() {
        let long = "a".repeat(LONGEST + 1);
        type Case<'a> = (&'a [(&'a str, &'a str)], Result<&'a [u8], VerifyError>);
        let cases: [Case<'_>; 9] = [
            (&[("X-Sig", "ab")], Ok(b"ab")),
            (&[("x-sIG", " \tab ")], Ok(b"ab")),
            (&[("x-other", "ab")], Err(VerifyError::MissingHeader)),
            (&[], Err(VerifyError::MissingHeader)),
            (&[("x-sig", "")], Err(VerifyError::Malformed)),
            (&[("x-sig", "  ")], Err(VerifyError::Malformed)),
            (&[("x-sig", "é")], Err(VerifyError::Malformed)),
            (&[("x-sig", &long)], Err(VerifyError::Malformed)),
            (&[("x-sig", "ab"), ("X-Sig", "ab")], Err(VerifyError::RepeatedHeader)),
        ];
        let name = &HeaderName::from_static("x-sig");
        for (pairs, wanted) in cases {
            assert_eq!(single(pairs, name), wanted);
            assert_eq!(single(&pairs.to_vec(), name), wanted);
            let mut map = http::HeaderMap::new();
            for (name, value) in pairs {
                map.append(
                    http::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                    http::HeaderValue::from_bytes(value.as_bytes()).unwrap(),
                );
            }
            assert_eq!(single(&map, name), wanted);
            assert_eq!(single(&pairs.iter().copied().collect::<HashMap<_, _>>(), name), wanted);
            assert_eq!(single(&pairs.iter().copied().collect::<BTreeMap<_, _>>(), name), wanted);
        }
    }
}
