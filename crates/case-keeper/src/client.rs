//! The REST calls.

mod builder;
mod confirm;
mod error;
#[cfg(feature = "__tls")]
mod files;
mod links;

use idhooks_client::{ApiClient, BuildError, Credentials, Error, Fetched, Page, Pages, Request, Response, Url};
use idhooks_core::json;

pub use builder::ClientBuilder;
pub use confirm::Confirmation;
#[cfg(feature = "__tls")]
pub use files::FileError;

use crate::{
    Verification, VerificationId,
    rest::{EventFilter, EventPage, EventRecord},
};

/// A client for Case Keeper. It logs in by itself. Cheap to clone. Clones share the token.
///
/// Every call only reads, so the client retries every call after a transient error.
///
/// ```no_run
/// # async fn read(id: &idhooks_case_keeper::VerificationId) -> Result<(), Box<dyn std::error::Error>> {
/// use idhooks_case_keeper::{Client, Credentials, http_client::Url};
///
/// let credentials = Credentials::new("tenant-case-keeper-service-account", "the secret");
/// let client = Client::new(credentials, Url::parse("https://portal.mac.appmanteam.com")?)?;
/// println!("{:?}", client.get_verification(id).await?.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    api: ApiClient,
    #[cfg(feature = "__tls")]
    downloader: idhooks_client::Downloader,
}

impl Client {
    /// Builds a client with the default settings. See [`builder`](Self::builder) for the arguments.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use idhooks_case_keeper::{Client, Credentials, http_client::Url};
    ///
    /// let credentials = Credentials::new("tenant-case-keeper-service-account", "the secret");
    /// let client = Client::new(credentials, Url::parse("https://portal.mac.appmanteam.com")?)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub fn new(credentials: Credentials, base_url: Url) -> Result<Self, BuildError> {
        Self::builder(credentials, base_url).build()
    }

    /// Builds a client from environment variables. [`ClientBuilder::from_env`] lists them.
    ///
    /// ```no_run
    /// let client = idhooks_case_keeper::Client::from_env()?;
    /// # Ok::<(), idhooks_case_keeper::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// As [`ClientBuilder::from_env`] and [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, BuildError> {
        ClientBuilder::from_env()?.build()
    }

    /// Starts a client with other settings. [`ClientBuilder::build`] reports invalid credentials.
    ///
    /// The credentials are those of your tenant's service account (`{tenant}-case-keeper-service-account`; observed in
    /// public code, 2024-04 and 2026-03). The base URL has no default: the vendor's pages name none, two were seen in
    /// production (`https://portal.mac.appmanteam.com`, `https://mac-portal.appmanteam.com`), and a token must not go
    /// to the wrong one. [`ClientBuilder::version`] says what the client adds to it.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use idhooks_case_keeper::{Client, Credentials, http_client::Url, rest::ApiVersion};
    ///
    /// let credentials = Credentials::new("tenant-case-keeper-service-account", "the secret");
    /// let client = Client::builder(credentials, Url::parse("https://portal.mac.appmanteam.com")?)
    ///     .version(ApiVersion::V2)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn builder(credentials: Credentials, base_url: Url) -> ClientBuilder {
        ClientBuilder::new(credentials, base_url)
    }

    /// Reads a verification as it is now (*Get Verification By Id*). Also the call to make when a webhook never came.
    ///
    /// Only the status `verified` means passed.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_case_keeper::Client) -> Result<(), idhooks_case_keeper::Error> {
    /// let verification = client.get_verification(&"the verification's id".into()).await?;
    /// println!("{:?}", verification.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`Error::is_not_found`]: there is none, or none your token may see.
    /// - [`Error::is_auth`] with status 403: not yours. Recorded for a missing token, too; if yours was about to run
    ///   out, the call has been made again with a new one.
    /// - A response without an `id`, or with another one than you asked for, is invalid.
    ///
    /// Source: observed in public code, 2024-03 and 2026-03. The vendor
    /// [names the call](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events); a page about it
    /// was not found.
    pub async fn get_verification(&self, id: &VerificationId) -> Result<Fetched<Verification>, Error> {
        self.read_checked(id, None).await
    }

    /// Reads some fields of a verification, each a path such as `status` or `frontIdCardResult.verified`. The client
    /// also asks for the `id`, to check it. Everything else is absent.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_case_keeper::Client) -> Result<(), idhooks_case_keeper::Error> {
    /// let fields = ["id", "status", "frontIdCardResult.verified"];
    /// let verification = client.get_verification_fields(&"the verification's id".into(), &fields).await?;
    /// println!("{:?}", verification.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Same errors as [`Client::get_verification`]. Before sending if there is no field, or one is empty or has a comma
    /// in it.
    ///
    /// Source: `fields` is [documented](https://case-keeper-core.readme.io/docs/query-params-and-operators) for lists;
    /// that one verification takes it is inferred.
    pub async fn get_verification_fields(
        &self,
        id: &VerificationId,
        fields: &[&str],
    ) -> Result<Fetched<Verification>, Error> {
        if fields.is_empty() || fields.iter().any(|field| field.is_empty() || field.contains(',')) {
            return Err(Error::invalid_request("a field is missing, empty or has a comma in it"));
        }
        let with_id = fields.iter().copied().chain((!fields.contains(&"id")).then_some("id"));
        self.read_checked(id, Some(&with_id.collect::<Vec<_>>().join(","))).await
    }

    /// Lists the event records that your token may see, page by page: what the vendor says has happened. For the
    /// records of one event: `list_events(&EventFilter::of(&event))`.
    ///
    /// Nothing is sent before [`Pages::next`]. The list ends at the vendor's count, or with a short page where there is
    /// no count; an empty page always ends it. Paging is by position, so a record made meanwhile may be seen twice.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_case_keeper::Client, event: &idhooks_case_keeper::Event) -> Result<(), idhooks_case_keeper::Error> {
    /// use idhooks_case_keeper::rest::EventFilter;
    ///
    /// let mut pages = client.list_events(&EventFilter::of(event));
    /// while let Some(page) = pages.next().await? {
    ///     for record in page.items {
    ///         println!("{:?} {:?}", record.key, record.created_at);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None here. `next` fails as any call does. It fails before sending if the limit is zero, the id is empty, or a
    /// key is empty or has a comma in it; and after [`EventFilter::most_pages`] pages.
    ///
    /// Source: observed in public code, 2024-03; that events can be queried is
    /// [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events).
    #[must_use]
    pub fn list_events(&self, filter: &EventFilter) -> Pages<Fetched<EventRecord>> {
        let (api, filter) = (self.api.clone(), filter.clone());
        Pages::new(move |at| {
            let (api, filter) = (api.clone(), filter.clone());
            async move {
                if at.number >= u64::from(filter.most_pages) {
                    return Err(Error::invalid_request("the list has more pages than its filter allows"));
                }
                let response = api.send(events(&filter, at.offset)?).await?;
                let page = EventPage::read(response.body()).map_err(|why| response.invalid(why))?;
                let is_last = page.is_last(filter.limit, at.offset);
                Ok(Page::new(response.decode()?, "data", page.records, page.count, is_last))
            }
        })
    }

    async fn read_checked(&self, id: &VerificationId, fields: Option<&str>) -> Result<Fetched<Verification>, Error> {
        let response = self.read(id, fields).await?;
        let verification = response.fetched(&[])?;
        check_id(&response, &verification, id)?;
        Ok(verification)
    }

    async fn read(&self, id: &VerificationId, fields: Option<&str>) -> Result<Response, Error> {
        let call = Request::get("/verifications/{verificationId}").with("verificationId", id.as_str());
        self.api.send(fields.into_iter().fold(call, |call, fields| call.query("fields", fields))).await
    }
}

fn events(filter: &EventFilter, offset: u64) -> Result<Request, Error> {
    if filter.limit == 0 {
        return Err(Error::invalid_request("the limit is zero"));
    }
    let keys: Vec<_> = filter.keys.iter().map(|key| key.as_str()).collect();
    if keys.iter().any(|key| key.is_empty() || key.contains(',')) {
        return Err(Error::invalid_request("an event key is empty or has a comma in it"));
    }
    if filter.data_id.as_ref().is_some_and(|id| id.as_str().is_empty()) {
        return Err(Error::invalid_request("the verification's id is empty, which would list the events of all"));
    }
    let mut call = Request::get("/events");
    if !keys.is_empty() {
        call = call.query("key-$in", keys.join(","));
    }
    if let Some(id) = &filter.data_id {
        call = call.query("dataId", id.as_str());
    }
    call = call.query("order", filter.order.as_str()).query("limit", filter.limit);
    // Not `page`: the vendor may put fewer on one than it was asked for.
    Ok(if offset == 0 { call } else { call.query("offset", offset) })
}

/// Requires the id, because every other field is optional: `{}` from a gateway must not pass for a verification.
fn check_id(response: &Response, verification: &Verification, asked: &VerificationId) -> Result<(), Error> {
    let own = verification.id.clone().require("id").map_err(|why| response.invalid(why))?;
    response.check_id("id", &own, asked)
}

/// Whether the error is the vendor's own and not a gateway's on the way to it, whose 404 means that the base URL is
/// wrong, and whose 403 that a firewall is in between.
fn is_of_vendor(error: &Error) -> bool {
    let [errors] = json::members(error.body().map_or(&[][..], |body| body), ["errors"]);
    !error.is_login() && errors.is_some_and(|errors| errors.get().starts_with('['))
}
