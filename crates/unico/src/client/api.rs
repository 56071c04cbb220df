//! The API contract.

use idhooks_client::{BuildError, Confirmation, Error, Fetched, Request, SecretText, Settings, http::HeaderName};
use idhooks_core::Delivery;

use super::{Account, confirm, settings};
use crate::{Event, ProcessId, rest::api};

/// A client for the API contract ("by Client"), with the account's token and an `APIKEY`. Cheap to clone. Clones share
/// connections, token and limits.
///
/// The key selects product and capabilities, so **the content of a response depends on it**: build a client for each
/// key.
///
/// Its errors: 400 for something that is missing, 403 for a token **or key** that is wrong or has expired, 404, 410
/// for a process that is gone or, on one page, ended in an error, 429, and 5xx. [`Error::code`] has the vendor's
/// number where the answer has one. An expired token comes as 403 (10501, 10502) or even 500 (10700) and is renewed
/// once, as after 401.
#[derive(Clone, Debug)]
pub struct ApiClient {
    api: idhooks_client::ApiClient,
}

impl ApiClient {
    /// Builds a client with the default settings, for an account and an `APIKEY` of the same environment.
    ///
    /// ```no_run
    /// # fn build(account: &idhooks_unico::Account) -> Result<(), idhooks_unico::BuildError> {
    /// let client = idhooks_unico::ApiClient::new(account, "the APIKEY")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ApiClientBuilder::build`].
    pub fn new(account: &Account, api_key: &str) -> Result<Self, BuildError> {
        Self::builder(account, api_key).build()
    }

    /// Builds a client from environment variables. [`ApiClientBuilder::from_env`] lists them.
    ///
    /// ```no_run
    /// let client = idhooks_unico::ApiClient::from_env()?;
    /// # Ok::<(), idhooks_unico::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// As [`ApiClientBuilder::from_env`] and [`ApiClientBuilder::build`].
    #[cfg(feature = "aws-lc-rs")]
    #[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
    pub fn from_env() -> Result<Self, BuildError> {
        ApiClientBuilder::from_env()?.build()
    }

    /// Starts a client with other settings. [`ApiClientBuilder::build`] reports an invalid key.
    ///
    /// ```no_run
    /// # fn build(account: &idhooks_unico::Account) -> Result<(), idhooks_unico::BuildError> {
    /// let client = idhooks_unico::ApiClient::builder(account, "the APIKEY").concurrency(2).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(account: &Account, api_key: &str) -> ApiClientBuilder {
        let settings = settings(account.environment().api_host());
        ApiClientBuilder { account: account.clone(), api_key: SecretText::new("APIKEY", api_key), settings }
    }

    /// Reads a process (`GetProcess`, version 1): its state and its result. The response to creating a process is
    /// mostly final already. This call reads it again, for example to wait for a risk score.
    ///
    /// **200 is not an approval**: a process that ended in an error comes under 200 as well. Decide only when
    /// [`is_finished`](api::Process::is_finished). Retries after every transient error, because the call only reads.
    ///
    /// # Errors
    /// See [`ApiClient`]. A response about another process is an error.
    ///
    /// ```no_run
    /// # async fn read(client: &idhooks_unico::ApiClient) -> Result<(), idhooks_unico::Error> {
    /// let process = client.get_process(&"the process's id".into()).await?;
    /// println!("{}", process.is_finished());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/api/get-processes-by-id/index.html).
    pub async fn get_process(&self, process: &ProcessId) -> Result<Fetched<api::Process>, Error> {
        self.read("/processes/v1/{processId}", process).await
    }

    /// Reads a process (`GetProcess`, version 2), with data about the person in `process_additional_info`. Only the
    /// previous portal documents it, so it may no longer work.
    ///
    /// Retries after every transient error, because the call only reads.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_unico::ApiClient) -> Result<(), idhooks_unico::Error> {
    /// let process = client.get_process_v2(&"the process's id".into()).await?;
    /// println!("{}", process.is_finished());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Same errors as [`get_process`](Self::get_process).
    ///
    /// Source:
    /// [documented](https://devcenter.unico.io/idcloud/en/integrations/integracao-by-client/apis/getprocess?fallback=true).
    pub async fn get_process_v2(&self, process: &ProcessId) -> Result<Fetched<api::Process>, Error> {
        self.read("/processes/v2/{processId}", process).await
    }

    async fn read(&self, route: &'static str, process: &ProcessId) -> Result<Fetched<api::Process>, Error> {
        let response = self.api.send(Request::get(route).with("processId", process.as_str())).await?;
        let found: Fetched<api::Process> = response.fetched(&[])?;
        response.check_id("id", &found.id, process)?;
        Ok(found)
    }

    /// Confirms a Check notice, by `GetProcess`. Takes an unverified delivery, and a verified one too, because a
    /// credential says nothing about a body.
    ///
    /// - `Confirmed`: Unico has this process, and its status is the notice's, or is final where the notice's was
    ///   not yet (a divergence that went on to finish). The score is not compared: it may change with every notice.
    ///   **Never an approval**: read the process.
    /// - `Contradicted`: another status.
    /// - `Gone`: 404 or 410. Unico answers 404 both for what does not exist and for another tenant's, so there is no
    ///   `NotYours` here; and 410, on one page, also for a process that ended in an error. After a 404 the client reads
    ///   again, as [`WebClient::confirm`](super::WebClient::confirm) does.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_unico::ApiClient, delivery: &idhooks_unico::core::Verified<idhooks_unico::Event>) -> Result<(), idhooks_unico::Error> {
    /// if let Some(process) = client.confirm(delivery).await?.confirmed() {
    ///     println!("{:?}", process.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Same errors as [`get_process`](Self::get_process). Before anything is sent when the delivery does not decode or
    /// is no Check notice. For finished processes there is [`WebClient::confirm`](super::WebClient::confirm).
    pub async fn confirm(
        &self,
        notice: &impl Delivery<Event = Event>,
    ) -> Result<Confirmation<Fetched<api::Process>>, Error> {
        let Event::Check(notice) = confirm::event(notice)? else {
            return Err(Error::invalid_request("the delivery is not a Check notice of the API contract"));
        };
        let read = || self.get_process(&notice.data.id);
        let answer = self.api.eventually(read, |error| !confirm::is_a_page(error)).await;
        confirm::judge(answer, |process| confirm::checked(&notice, process))
    }
}

/// Builds an [`ApiClient`].
///
/// At most four calls run at a time by default, because Unico allows ten a second for each tenant.
///
/// ```no_run
/// # fn build(account: &idhooks_unico::Account) -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use idhooks_unico::{ApiClient, http_client::{Retry, Url}};
///
/// let client = ApiClient::builder(account, "the APIKEY")
///     .base_url(Url::parse("https://gateway.example.com/unico")?)
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(20))
///     .retry(Retry::new().attempts(2))
///     .concurrency(2)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ApiClientBuilder {
    account: Account,
    // `build` reports an invalid key, so that one expression makes a client.
    api_key: Result<SecretText, BuildError>,
    settings: Settings,
}

impl ApiClientBuilder {
    idhooks_client::settings!(settings);

    /// Builds the client. Sends nothing.
    ///
    /// # Errors
    /// When the key is empty or has leading or trailing whitespace, a setting is invalid, or the transport is missing.
    pub fn build(self) -> Result<ApiClient, BuildError> {
        let auth = self.account.auth().and_header(HeaderName::from_static("apikey"), self.api_key?.expose())?;
        Ok(ApiClient { api: self.settings.build(auth)? })
    }

    /// Reads `UNICO_API_KEY`, and the variables of
    /// [`AccountBuilder::from_env`](super::AccountBuilder::from_env).
    ///
    /// ```no_run
    /// let client = idhooks_unico::ApiClientBuilder::from_env()?.concurrency(2).build()?;
    /// # Ok::<(), idhooks_unico::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// When a variable is missing or invalid.
    #[cfg(feature = "aws-lc-rs")]
    #[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
    pub fn from_env() -> Result<Self, BuildError> {
        let api_key = idhooks_client::env::secret("UNICO_API_KEY");
        let (api_key, account) = idhooks_client::env::both(api_key, Account::from_env())?;
        Ok(ApiClient::builder(&account, api_key.expose()))
    }
}
