//! The API contract.

use idhooks_client::{BuildError, Confirmation, Error, Request, SecretText, Settings, http::HeaderName};
use idhooks_core::Delivery;

use super::{Account, confirm, settings};
use crate::{Event, ProcessId, rest::api};

/// Calls of the API contract ("by Client"), each with the account's token and an `APIKEY`. Cheap to clone; clones
/// share connections, token and limits.
///
/// The key selects product and capabilities, so **what an answer holds depends on it**: build a client for each key.
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
    /// For that account and `APIKEY`, in the account's environment.
    ///
    /// # Errors
    /// When the key is empty or has a blank at one of its ends.
    pub fn builder(account: &Account, api_key: &str) -> Result<ApiClientBuilder, BuildError> {
        let api_key = SecretText::new("APIKEY", api_key)?;
        let settings = settings(account.environment().api_host());
        Ok(ApiClientBuilder { account: account.clone(), api_key, settings })
    }

    /// `GetProcess`, version 1: the state of a process and what was found out. The answer to creating one is mostly
    /// final already; this reads it again, and waits for a risk score.
    ///
    /// The answer is Unico's own word, over TLS and to your account. **200 is no approval**: a process that ended in
    /// an error comes under 200 as well. Decide only when [`is_finished`](api::Process::is_finished). Repeated
    /// whenever it may succeed later, because it changes nothing.
    ///
    /// ```no_run
    /// # async fn read(client: &idhooks_unico::ApiClient) -> Result<(), idhooks_unico::Error> {
    /// let process = client.get_process(&"80371b2a-3ac7-432e-866d-57fe37896ac6".into()).await?;
    /// if process.is_finished() {
    ///     println!("{:?}", process.unico_id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`ApiClient`]. A response about another process is an error.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/api/get-processes-by-id/index.html).
    pub async fn get_process(&self, process: &ProcessId) -> Result<api::Process, Error> {
        self.read("/processes/v1/{processId}", process).await
    }

    /// `GetProcess`, version 2: the same and who the person is, in `process_additional_info`. Whether it still works
    /// is not known: only the previous portal has it.
    ///
    /// Repeated whenever it may succeed later, because it changes nothing.
    ///
    /// ```no_run
    /// # async fn read(client: &idhooks_unico::ApiClient) -> Result<(), idhooks_unico::Error> {
    /// let process = client.get_process_v2(&"80371b2a-3ac7-432e-866d-57fe37896ac6".into()).await?;
    /// println!("{}", process.process_additional_info.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Same errors as [`get_process`](Self::get_process).
    ///
    /// Source: [documented](https://devcenter.unico.io/idcloud/en/integrations/integracao-by-client/apis/getprocess?fallback=true).
    pub async fn get_process_v2(&self, process: &ProcessId) -> Result<api::Process, Error> {
        self.read("/processes/v2/{processId}", process).await
    }

    async fn read(&self, route: &'static str, process: &ProcessId) -> Result<api::Process, Error> {
        let answer = self.api.send(Request::get(route).with("processId", process.as_str())).await?;
        let found: api::Process = answer.decode()?;
        answer.check_id("id", &found.id, process)?;
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
    /// # async fn handle(
    /// #     client: &idhooks_unico::ApiClient,
    /// #     notice: &idhooks_unico::core::Verified<idhooks_unico::Event>,
    /// # ) -> Result<(), idhooks_unico::Error> {
    /// let confirmation = client.confirm(notice).await?;
    /// println!("{}", confirmation.as_str());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Same errors as [`get_process`](Self::get_process). Before anything is sent when the delivery does not decode or
    /// is no Check notice. For finished processes there is [`WebClient::confirm`](super::WebClient::confirm).
    pub async fn confirm(&self, notice: &impl Delivery<Event = Event>) -> Result<Confirmation<api::Process>, Error> {
        let Event::Check(notice) = confirm::event(notice)? else {
            return Err(Error::argument("this is no Check notice, as the API contract sends it"));
        };
        let read = || self.get_process(&notice.data.id);
        let answer = self.api.eventually(read, |error| !confirm::is_a_page(error)).await;
        confirm::judge(answer, |process| confirm::checked(&notice, process))
    }
}

/// Builds an [`ApiClient`].
///
/// At most four calls run at a time unless set otherwise: Unico allows ten a second for each tenant by default.
#[derive(Clone, Debug)]
#[must_use]
pub struct ApiClientBuilder {
    account: Account,
    api_key: SecretText,
    settings: Settings,
}

impl ApiClientBuilder {
    idhooks_client::settings!(settings);

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    /// When a setting or the key can not be used.
    pub fn build(self) -> Result<ApiClient, BuildError> {
        let access = self.account.access().and_header(HeaderName::from_static("apikey"), self.api_key.expose())?;
        Ok(ApiClient { api: self.settings.api(access)? })
    }

    /// From the environment: `UNICO_API_KEY` and the variables of
    /// [`AccountBuilder::from_env`](super::AccountBuilder::from_env).
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "aws-lc-rs")]
    #[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
    pub fn from_env() -> Result<Self, BuildError> {
        let api_key = idhooks_client::env::secret("UNICO_API_KEY")?;
        ApiClient::builder(&super::AccountBuilder::from_env()?.build()?, api_key.expose())
    }
}
