//! A request, before it is sent.

use std::fmt::{self, Display};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use url::form_urlencoded;

use crate::{Error, RetrySafety};

/// Escapes all but RFC 3986's unreserved characters, `/` and `%` included.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request: a route with `{placeholders}`, their values, query, headers and body. `Debug` shows the route only.
#[must_use]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) route: &'static str,
    pub(crate) retry_safety: RetrySafety,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    parameters: Vec<(&'static str, String)>,
    query: String,
    invalid: Option<&'static str>,
}

impl Request {
    /// Makes a request with that method and route, such as `/v1/transactions/{id}`.
    pub fn new(method: Method, route: &'static str, retry_safety: RetrySafety) -> Self {
        Self {
            method,
            route,
            retry_safety,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            parameters: Vec::new(),
            query: String::new(),
            invalid: None,
        }
    }

    /// Makes a `GET`, which is idempotent.
    pub fn get(route: &'static str) -> Self {
        Self::new(Method::GET, route, RetrySafety::Idempotent)
    }

    /// Makes a `POST`.
    pub fn post(route: &'static str, retry_safety: RetrySafety) -> Self {
        Self::new(Method::POST, route, retry_safety)
    }

    /// Makes a `PUT`.
    pub fn put(route: &'static str, retry_safety: RetrySafety) -> Self {
        Self::new(Method::PUT, route, retry_safety)
    }

    /// Fills `{name}` in the route with `value`, escaped so that it stays one segment of the path.
    ///
    /// An empty value, `.` and `..` would change the path. Sending such a request is an error.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if matches!(value, "" | "." | "..") {
            self.invalid = Some("an id is empty or consists of dots");
        }
        self.parameters.push((name, utf8_percent_encode(value, ESCAPED).to_string()));
        self
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        let mut query = form_urlencoded::Serializer::new(std::mem::take(&mut self.query));
        self.query = query.append_pair(name, &value.to_string()).finish();
        self
    }

    /// Sets a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sends `value` as JSON. If it cannot be written as JSON, sending the request is an error.
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body = body.into(),
            Err(_) => self.invalid = Some("the body cannot be written as JSON"),
        }
        self.header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
    }

    /// Sends `fields` as a form.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body = form.into();
        self.header(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
    }

    /// Returns path and query, which follow the base URL.
    pub(crate) fn path_and_query(&self) -> Result<String, Error> {
        if let Some(why) = self.invalid {
            return Err(Error::invalid_request(why));
        }
        let mut path = String::with_capacity(self.route.len() + 48);
        let mut rest = self.route;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            let Some((_, value)) = self.parameters.iter().find(|(known, _)| *known == name) else {
                return Err(Error::invalid_request("a placeholder of the route has no value"));
            };
            path.push_str(before);
            path.push_str(value);
            rest = after;
        }
        path.push_str(rest);
        if !self.query.is_empty() {
            path.push('?');
            path.push_str(&self.query);
        }
        Ok(path)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method, self.route)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(call: Request) -> String {
        call.path_and_query().unwrap()
    }

    #[test]
    fn row_32_ids_stay_one_segment_of_the_path() {
        for (id, wanted) in [
            ("8374f327-38bd", "/n/8374f327-38bd/retry"),
            ("a/b", "/n/a%2Fb/retry"),
            ("a?b#c", "/n/a%3Fb%23c/retry"),
            ("%2e%2e", "/n/%252e%252e/retry"),
            ("..a", "/n/..a/retry"),
            ("é \\", "/n/%C3%A9%20%5C/retry"),
            ("a\r\nb", "/n/a%0D%0Ab/retry"),
        ] {
            assert_eq!(path(Request::get("/n/{id}/retry").with("id", id)), wanted, "{id:?}");
        }
    }

    #[test]
    fn rejects_ids_that_would_change_the_path() {
        for id in ["", ".", ".."] {
            let error = Request::get("/n/{id}").with("id", id).path_and_query().unwrap_err();
            assert!(!error.may_have_taken_effect());
            assert_eq!(error.to_string(), "invalid request: an id is empty or consists of dots", "{id:?}");
        }
        assert!(Request::get("/n/{id}").path_and_query().is_err());
    }

    #[test]
    fn queries_and_forms_are_escaped() {
        let call = Request::get("/n").query("key-$in", "a,b&c").query("limit", 50);
        assert_eq!(path(call), "/n?key-%24in=a%2Cb%26c&limit=50");
        let call = Request::post("/token", RetrySafety::Idempotent).form(&[("client_secret", "a&b=c d")]);
        assert_eq!(&call.body[..], b"client_secret=a%26b%3Dc+d");
    }

    #[test]
    fn row_49_debug_shows_the_route_only() {
        let call = Request::get("/p/{cpf}").with("cpf", "CANARY").query("q", "CANARY").json("CANARY");
        assert_eq!(format!("{call:?}"), "Request(GET /p/{cpf})");
    }

    proptest! {
        #[test]
        fn any_id_survives_the_path(id in ".{1,40}") {
            prop_assume!(id != "." && id != "..");
            let path = path(Request::get("/n/{id}").with("id", &id));
            let url = url::Url::parse(&format!("https://example.com{path}")).unwrap();
            let parts: Vec<_> = url.path_segments().unwrap().collect();
            prop_assert_eq!(parts.len(), 2);
            let back = percent_encoding::percent_decode_str(parts[1]).decode_utf8().unwrap();
            prop_assert_eq!(back, id);
        }
    }
}
