//! The path of a call: place, token, attempts.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Uri, header};
use idhooks_core::json::FromJson;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep, timeout_at},
};

use crate::{
    Auth, Error, Limits, Request, Response, Retry, TokenAge, Transport, TransportError, TransportErrorKind,
    VendorError, auth, trace,
};

/// What every call to one vendor goes through. Cheap to clone; clones share connections, tokens and
/// limits.
#[derive(Clone)]
pub struct ApiClient(Arc<Inner>);

struct Inner {
    parts: Parts,
    places: Semaphore,
}

pub(crate) struct Parts {
    pub(crate) vendor: &'static str,
    pub(crate) prefix: String,
    pub(crate) agent: HeaderValue,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) retry: Retry,
    pub(crate) max_response_bytes: usize,
    pub(crate) concurrency: usize,
    pub(crate) request_id: Option<HeaderName>,
    pub(crate) problems: fn(&Response) -> VendorError,
    pub(crate) token_refused: fn(&Error, TokenAge) -> bool,
    pub(crate) access: Auth,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl ApiClient {
    pub(crate) fn new(parts: Parts) -> Self {
        let places = Semaphore::new(parts.concurrency.min(Semaphore::MAX_PERMITS));
        Self(Arc::new(Inner { parts, places }))
    }

    /// Makes the call: gets a token if one is needed, sends, and repeats what may be repeated.
    ///
    /// # Errors
    /// When no answer came, or one with a status outside 200 to 299.
    pub async fn send(&self, call: Request) -> Result<Response, Error> {
        let (method, route) = (call.method.clone(), call.route);
        let about = trace::About { vendor: self.0.parts.vendor, method: &method, route };
        trace::call(about, self.0.run(call)).await.map_err(|error| error.of_call(&method, route))
    }

    /// Makes the call and reads the answer's body.
    ///
    /// # Errors
    /// As [`Self::send`], and when the body does not fit.
    pub async fn json<T: for<'de> FromJson<'de>>(&self, call: Request) -> Result<T, Error> {
        self.send(call).await?.decode().inspect_err(trace::unreadable)
    }
}

impl ApiClient {
    pub(crate) fn deadline(&self) -> Duration {
        self.0.parts.deadline
    }
}

impl Inner {
    async fn run(&self, call: Request) -> Result<Response, Error> {
        let parts = &self.parts;
        let deadline = Instant::now() + parts.deadline;
        let uri = Uri::try_from(format!("{}{}", parts.prefix, call.path_and_query()?))
            .map_err(|_| Error::argument("the address became too long"))?;
        let mut place = self.place(deadline).await?;
        let (mut attempts, mut uncertain, mut had_new_token) = (0, false, false);
        loop {
            let used = match &parts.access.kind {
                auth::Kind::TokenCache(tokens) => {
                    let token = timeout_at(deadline, tokens.get()).await.unwrap_or_else(|_| Err(Error::deadline()));
                    Some((tokens, token.map_err(|error| doubtful(error.while_logging_in(), uncertain))?))
                }
                auth::Kind::Fixed(..) | auth::Kind::None => None,
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
                && (parts.token_refused)(&error, token.age())
                && tokens.forget(&token)
            {
                trace::token_refused();
                had_new_token = true;
                attempts -= 1;
                continue;
            }
            let error = doubtful(error, uncertain);
            let outcome = match (error.transport_kind(), error.status()) {
                (Some(failure), _) => Err(failure),
                (None, Some(status)) => http::StatusCode::from_u16(status).map_err(|_| TransportErrorKind::TooLarge),
                (None, None) => return Err(error), // the deadline
            };
            let wait = parts.retry.wait(attempts, call.repeat, outcome, error.retry_after(), fastrand::f64());
            // Waiting for longer than the call has left would only make the error come later.
            let Some(wait) = wait.filter(|wait| *wait < deadline.saturating_duration_since(Instant::now())) else {
                return Err(error);
            };
            trace::again(attempts, &error, wait);
            // Others may go on meanwhile.
            drop(place);
            sleep(wait).await;
            place = self.place(deadline).await.map_err(|_| error)?;
        }
    }

    async fn place(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, Error> {
        // The semaphore is never closed, so only the time can run out.
        timeout_at(deadline, self.places.acquire()).await.ok().and_then(Result::ok).ok_or_else(Error::deadline)
    }

    async fn attempt(
        &self,
        call: &Request,
        uri: &Uri,
        bearer: Option<&HeaderValue>,
        deadline: Instant,
    ) -> Result<Response, Error> {
        let left = deadline.saturating_duration_since(Instant::now()).min(self.parts.timeout);
        if left.is_zero() {
            return Err(Error::deadline());
        }
        let request = self.request(call, uri, bearer);
        let sent = self.parts.transport.send(request, Limits::new(left, self.parts.max_response_bytes));
        // The transport keeps the time; this is for one that does not.
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
        headers.insert(header::USER_AGENT, self.parts.agent.clone());
        headers.extend(call.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        for (name, value) in &self.parts.access.beside {
            headers.insert(name.clone(), value.clone());
        }
        if let auth::Kind::Fixed(name, value) = &self.parts.access.kind {
            headers.insert(name.clone(), value.clone());
        }
        if let Some(bearer) = bearer {
            headers.insert(header::AUTHORIZATION, bearer.clone());
        }
        request
    }

    fn read(&self, call: &Request, answered: Result<http::Response<Bytes>, TransportError>) -> Result<Response, Error> {
        let answer = Response::new(answered.map_err(Error::transport)?, call, self.parts.request_id.as_ref());
        if answer.status().is_success() { Ok(answer) } else { Err(answer.refused((self.parts.problems)(&answer))) }
    }
}

/// An error that ends a call of which an earlier attempt may have been carried out leaves that open too.
fn doubtful(error: Error, uncertain: bool) -> Error {
    if uncertain { error.perhaps_took_effect() } else { error }
}

/// How much longer than its limit a transport may take.
const GRACE: Duration = Duration::from_millis(500);

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { parts, .. } = &*self.0;
        f.debug_struct("Api").field("vendor", &parts.vendor).field("access", &parts.access).finish_non_exhaustive()
    }
}
