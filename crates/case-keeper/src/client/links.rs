//! Links that expire within minutes.

use idhooks_client::Error;

use super::{Client, check_id};
use crate::{FoundLink, PresignedLink, VerificationId, links_in};

impl Client {
    /// Reads a verification again and returns every link in it, with its place. The links are valid for five minutes.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_case_keeper::Client) -> Result<(), idhooks_case_keeper::Error> {
    /// for found in client.links(&"the verification's id".into()).await? {
    ///     println!("{}", found.path);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Client::get_verification`], and as [`links_in`] for a hostile response.
    pub async fn links(&self, id: &VerificationId) -> Result<Vec<FoundLink>, Error> {
        let answer = self.read(id, None).await?;
        check_id(&answer, &answer.decode()?, id)?;
        links_in(answer.body()).map_err(|why| answer.invalid(why))
    }

    /// Reads a verification again and returns the link at this place, as in [`FoundLink::path`], or `None` if it has
    /// none there. A place in a webhook (`data.faceImageUrl`) is that place in the verification.
    ///
    /// A place in a list (`frontIdCardResults[0].…`) may belong to a newer attempt, if the vendor puts that first.
    /// `frontIdCardResult.…` is always the latest one.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_case_keeper::Client) -> Result<(), idhooks_case_keeper::Error> {
    /// let link = client.fresh_link(&"the verification's id".into(), "faceImageUrl").await?;
    /// println!("{}", link.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Client::links`].
    ///
    /// Source: [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events).
    pub async fn fresh_link(&self, id: &VerificationId, place: &str) -> Result<Option<PresignedLink>, Error> {
        let place = place.strip_prefix("data.").unwrap_or(place);
        let found = self.links(id).await?.into_iter().find(|found| found.path == place);
        Ok(found.map(|found| found.link))
    }
}
