//! How a call runs: concurrency limit, token, attempts.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Uri, header};
use idhooks_core::json::FromJson;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep, timeout_at},
};

use crate::{
    Auth, Error, ErrorKind, Fetched, Limits, Request, Response, Settings, Transport, TransportError,
    TransportErrorKind, VendorError,
    content_encoding::{IDENTITY, UnexpectedEncoding},
    trace,
    vendor_error::MAX_SEARCHED,
};

/// Sends calls to one vendor: authenticates, retries and keeps to the deadline.
///
/// Cheap to clone. Clones share connections, tokens and limits. Made by [`Settings::build`](crate::Settings::build).
#[derive(Clone)]
pub struct ApiClient(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    /// The base URL, which a path follows.
    pub(crate) prefix: String,
    pub(crate) agent: HeaderValue,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) auth: Auth,
    pub(crate) permits: Semaphore,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A transport keeps its own time. One that does not is cut off this much later.
const GRACE: Duration = Duration::from_millis(500);

impl ApiClient {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Makes a call and returns the response.
    ///
    /// # Errors
    /// When no response arrives, or one with a status outside 200 to 299.
    pub async fn send(&self, call: Request) -> Result<Response, Error> {
        let (method, route) = (call.method.clone(), call.route);
        let call = trace::call(self.0.settings.vendor, &method, route, self.0.run(call));
        call.await.map_err(|error| error.with_call(&method, route))
    }

    /// Makes a call, decodes the response's body and keeps it beside the value.
    ///
    /// # Errors
    /// As [`send`](Self::send), and when the body does not fit `T`.
    pub async fn fetch<T: for<'de> FromJson<'de>>(&self, call: Request) -> Result<Fetched<T>, Error> {
        self.send(call).await?.fetched(&[]).inspect_err(|error| trace::failed("decoding failed", error))
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.0.settings.deadline
    }
}

impl Inner {
    async fn run(&self, call: Request) -> Result<Response, Error> {
        let settings = &self.settings;
        let deadline = Instant::now() + settings.deadline;
        let uri = Uri::try_from(format!("{}{}", self.prefix, call.path_and_query()?))
            .map_err(|_| Error::invalid_request("the URL is too long"))?;
        let mut permit = self.permit(deadline).await?;
        let (mut attempts, mut uncertain, mut had_new_token) = (0, false, false);
        loop {
            let used = match &self.auth.tokens {
                Some(tokens) => {
                    let token = timeout_at(deadline, tokens.get()).await.unwrap_or_else(|_| Err(Error::deadline()));
                    Some((tokens, token.map_err(|error| carry(error.while_logging_in(), uncertain))?))
                }
                None => None,
            };
            let bearer = used.as_ref().map(|(_, token)| &token.header);
            attempts += 1;
            let error = match self.attempt(&call, &uri, bearer, deadline).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            uncertain |= error.may_have_taken_effect();
            if let Some((tokens, token)) = used
                && !had_new_token
                && (settings.token_rejected)(&error, token.age())
                && tokens.forget(&token)
            {
                trace::failed("token rejected", &error);
                had_new_token = true;
                attempts -= 1;
                continue;
            }
            let error = carry(error, uncertain);
            let outcome = match (error.transport_kind(), error.status()) {
                (Some(failure), _) => Err(failure),
                (None, Some(status)) => Ok(status),
                (None, None) => return Err(error), // the deadline
            };
            let wait = settings.retry.wait(attempts, call.retry_safety, outcome, error.retry_after(), fastrand::f64());
            // A wait beyond the deadline would only delay the error.
            let Some(wait) = wait.filter(|wait| *wait < deadline.saturating_duration_since(Instant::now())) else {
                return Err(error);
            };
            trace::retrying(attempts, &error, wait);
            // Other calls may run meanwhile.
            drop(permit);
            sleep(wait).await;
            permit = self.permit(deadline).await.map_err(|_| error)?;
        }
    }

    async fn permit(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, Error> {
        // The semaphore is never closed, so this fails only at the deadline.
        timeout_at(deadline, self.permits.acquire()).await.ok().and_then(Result::ok).ok_or_else(Error::deadline)
    }

    async fn attempt(
        &self,
        call: &Request,
        uri: &Uri,
        bearer: Option<&HeaderValue>,
        deadline: Instant,
    ) -> Result<Response, Error> {
        let left = deadline.saturating_duration_since(Instant::now()).min(self.settings.timeout);
        if left.is_zero() {
            return Err(Error::deadline());
        }
        let request = self.request(call, uri, bearer);
        let sent = self.transport.send(request, Limits::new(left, self.settings.max_response_bytes));
        let end = deadline.min(Instant::now() + left + GRACE);
        let answered = timeout_at(end, sent).await.unwrap_or_else(|_| Err(TransportErrorKind::Timeout.into()));
        self.read(call, answered)
    }

    fn request(&self, call: &Request, uri: &Uri, bearer: Option<&HeaderValue>) -> http::Request<Bytes> {
        let mut request = http::Request::new(call.body.clone());
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = uri.clone();
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, JSON);
        headers.insert(header::ACCEPT_ENCODING, IDENTITY);
        headers.insert(header::USER_AGENT, self.agent.clone());
        headers.extend(call.headers.clone());
        headers.extend(self.auth.headers.iter().cloned());
        if let Some(bearer) = bearer {
            headers.insert(header::AUTHORIZATION, bearer.clone());
        }
        request
    }

    fn read(&self, call: &Request, answered: Result<http::Response<Bytes>, TransportError>) -> Result<Response, Error> {
        let response = Response::new(answered.map_err(Error::transport)?, call, self.settings.request_id.as_ref());
        // For a transport that ignores its limits.
        if response.body().len() > self.settings.max_response_bytes {
            return Err(Error::transport(TransportErrorKind::TooLarge.into()));
        }
        let encoded = UnexpectedEncoding::check(response.headers()).err();
        match (response.status().is_success(), encoded) {
            (true, None) => Ok(response),
            (true, Some(why)) => {
                let error = Error::new(ErrorKind::InvalidResponse, "invalid response").with_source(why);
                Err(error.with_status(response.status(), response.request_id()).with_possible_effect())
            }
            // The status counts, and decides about another attempt, although the body cannot be read.
            (false, Some(why)) => Err(response.error(VendorError::default(), response.body()).with_source(why)),
            (false, None) if response.body().len() > MAX_SEARCHED => {
                Err(response.error(VendorError::default(), response.body()))
            }
            (false, None) => Err(response.error((self.settings.vendor_errors)(&response), response.body())),
        }
    }
}

/// Marks the error of a call whose earlier attempt may have taken effect.
fn carry(error: Error, uncertain: bool) -> Error {
    if uncertain { error.with_possible_effect() } else { error }
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { settings, auth, .. } = &*self.0;
        f.debug_struct("ApiClient").field("settings", settings).field("auth", auth).finish_non_exhaustive()
    }
}
