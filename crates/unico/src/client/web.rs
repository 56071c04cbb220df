//! The Web & SDK contract.

use idhooks_client::{ApiClient, BuildError, Confirmation, Error, Fetched, Request, Settings};
use idhooks_core::{DecodeError, Delivery};

use super::{Account, confirm, settings};
use crate::{Event, ProcessId, rest::web};

/// A client for the Web & SDK contract ("by Unico"). Cheap to clone. Clones share connections, token and limits.
///
/// Its errors: 400 for an invalid id, 401 for a token, 403 for a right the account lacks, 404 for a
/// process that is absent **or another tenant's**, 429, and 5xx. [`Error::code`] has the vendor's number (3, 7, 5,
/// 99999, in that order) where the answer has one.
#[derive(Clone, Debug)]
pub struct WebClient {
    api: ApiClient,
}

impl WebClient {
    /// Builds a client with the default settings, for the account's environment.
    ///
    /// ```no_run
    /// # fn build(account: &idhooks_unico::Account) -> Result<(), idhooks_unico::BuildError> {
    /// let client = idhooks_unico::WebClient::new(account)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`WebClientBuilder::build`].
    pub fn new(account: &Account) -> Result<Self, BuildError> {
        Self::builder(account).build()
    }

    /// Builds a client from environment variables. [`WebClientBuilder::from_env`] lists them.
    ///
    /// ```no_run
    /// let client = idhooks_unico::WebClient::from_env()?;
    /// # Ok::<(), idhooks_unico::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// As [`WebClientBuilder::from_env`] and [`WebClientBuilder::build`].
    #[cfg(feature = "aws-lc-rs")]
    #[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
    pub fn from_env() -> Result<Self, BuildError> {
        WebClientBuilder::from_env()?.build()
    }

    /// Starts a client with other settings.
    ///
    /// ```no_run
    /// # fn build(account: &idhooks_unico::Account) -> Result<(), idhooks_unico::BuildError> {
    /// let client = idhooks_unico::WebClient::builder(account).concurrency(2).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(account: &Account) -> WebClientBuilder {
        WebClientBuilder { account: account.clone(), settings: settings(account.environment().web_host()) }
    }

    /// Reads a process (`GetProcess`): its state and, once it is finished, its result.
    ///
    /// **Neither 200 nor `PROCESS_RESULT_OK` is an approval**: see [`web::Process`]. Retries after every transient
    /// error, because the call only reads.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_unico::WebClient) -> Result<(), idhooks_unico::Error> {
    /// let process = client.get_process(&"the process's id".into()).await?;
    /// println!("{} {:?}", process.is_finished(), process.result);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`WebClient`]. 404 also for another tenant's process.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/web-sdk/get-process/index.html).
    pub async fn get_process(&self, process: &ProcessId) -> Result<Fetched<web::Process>, Error> {
        let call = Request::get("/client/v1/process/{processId}").with("processId", process.as_str());
        let response = self.api.send(call).await?;
        let found: Fetched<web::Process> = response.fetched(&["process"])?;
        match found.id == *process {
            true => Ok(found),
            false => Err(response.invalid(DecodeError::new("process.id", "is not the requested one"))),
        }
    }

    /// Reads the picture of the person (`GetSelfie`), with a watermark. Unico permits it for each tenant, and not in
    /// the flow `idsmart`. An older page says: for eight hours after the process.
    ///
    /// Retries after every transient error, because the call only reads.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_unico::WebClient) -> Result<(), Box<dyn std::error::Error>> {
    /// let selfie = client.get_selfie(&"the process's id".into()).await?;
    /// std::fs::write("selfie.jpg", selfie.bytes()?.expose())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`WebClient`]. The current page promises no codes for this call.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/web-sdk/get-selfie).
    pub async fn get_selfie(&self, process: &ProcessId) -> Result<Fetched<web::File>, Error> {
        self.api.fetch(Request::get("/client/v1/process/{processId}/selfie").with("processId", process.as_str())).await
    }

    /// Reads the evidence of a finished process as a PDF (`GetEvidenceSet`). An older page says: for two hours after
    /// the process.
    ///
    /// Retries after every transient error, because the call only reads. For large files raise `max_response_bytes`:
    /// base64 makes a file a third larger.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_unico::WebClient) -> Result<(), Box<dyn std::error::Error>> {
    /// let evidence = client.get_evidence_set(&"the process's id".into()).await?;
    /// std::fs::write("evidence.pdf", evidence.bytes()?.expose())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`WebClient`]. 404 also before the process is finished; no codes are promised for this call.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/web-sdk/get-evidence-set).
    pub async fn get_evidence_set(&self, process: &ProcessId) -> Result<Fetched<web::File>, Error> {
        let call = Request::get("/client/v1/process/{processId}/evidenceset").with("processId", process.as_str());
        self.api.fetch(call).await
    }

    /// Asks Unico whether a notice of a finished process is true, by `GetProcess`. Takes a verified delivery as well,
    /// because a credential proves nothing about a body.
    ///
    /// - `Confirmed`: Unico has that process, it is finished, and its result has the same name as the notice's, if that
    ///   has one. **Never an approval**: read the process.
    /// - `Contradicted`: another state or result. This proves no forgery: Unico does not document that the notice's
    ///   `ok`, `expired` and `invalid_identity` are the process's `PROCESS_RESULT_OK`, `_EXPIRED` and
    ///   `_INVALID_IDENTITY`, and this release may not know the notice's result. Trust the process.
    /// - `Gone`: 404 or 410. Unico responds with 404 for another tenant's process as well, so `NotYours` never occurs.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_unico::WebClient, delivery: &idhooks_unico::core::Verified<idhooks_unico::Event>) -> Result<(), idhooks_unico::Error> {
    /// if let Some(process) = client.confirm(delivery).await?.confirmed() {
    ///     println!("{:?}", process.result);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`get_process`](Self::get_process), and before anything is sent when the delivery can not be read or is
    /// no notice of a finished process. For Check notices there is [`ApiClient::confirm`](super::ApiClient::confirm).
    pub async fn confirm(
        &self,
        notice: &impl Delivery<Event = Event>,
    ) -> Result<Confirmation<Fetched<web::Process>>, Error> {
        let Event::Finished(notice) = confirm::event(notice)? else {
            return Err(Error::invalid_request(
                "the delivery is not a notice of a finished process of the Web & SDK contract",
            ));
        };
        let answer = self.get_process(&notice.process_id).await;
        confirm::judge(answer, |process| confirm::finished(&notice, process))
    }
}

/// Builds a [`WebClient`].
///
/// At most four calls run at a time by default, because Unico allows ten a second for each tenant.
///
/// ```no_run
/// # fn build(account: &idhooks_unico::Account) -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use idhooks_unico::{WebClient, http_client::{Retry, Url}};
///
/// let client = WebClient::builder(account)
///     .base_url(Url::parse("https://gateway.example.com/unico")?)
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(20))
///     .retry(Retry::new().attempts(2))
///     .max_response_bytes(32 * 1024 * 1024)
///     .concurrency(2)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct WebClientBuilder {
    account: Account,
    settings: Settings,
}

impl WebClientBuilder {
    idhooks_client::settings!(settings);

    /// Builds the client. Sends nothing.
    ///
    /// # Errors
    /// When a setting is invalid, or the transport is missing.
    pub fn build(self) -> Result<WebClient, BuildError> {
        Ok(WebClient { api: self.settings.build(self.account.auth())? })
    }

    /// Reads the variables of [`AccountBuilder::from_env`](super::AccountBuilder::from_env).
    ///
    /// ```no_run
    /// let client = idhooks_unico::WebClientBuilder::from_env()?.concurrency(2).build()?;
    /// # Ok::<(), idhooks_unico::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// When a variable is missing or invalid.
    #[cfg(feature = "aws-lc-rs")]
    #[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
    pub fn from_env() -> Result<Self, BuildError> {
        Ok(WebClient::builder(&Account::from_env()?))
    }
}
