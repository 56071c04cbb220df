//! Where deliveries go, and what became of them.

use idhooks_client::{Count, Error, Fetched, Pages, Request, RetrySafety, Url};
use idhooks_core::{Lenient, List, payload};
use serde::Serialize;

use super::{Client, RetryError, envelope, page, paged, query_text};
use crate::rest::{
    NotificationFilter, NotificationId, WebhookNotification, WebhookNotificationSummary, WebhookSettings,
};

/// Without a URL it says `null`, which switches deliveries off; leaving the member out is not documented.
#[derive(Serialize)]
struct Update<'a> {
    url: Option<&'a str>,
}

payload! {
    struct NotificationList {
        data: List<WebhookNotificationSummary> = "data",
        // `count` is not read: beside `total` it looks like the size of the page (inferred).
        total: Lenient<Count> = "total",
    }
}

impl Client {
    /// Sets the URL Capa delivers to, or switches deliveries off with `None`. There is one URL for each partner.
    ///
    /// The answer proves what is set now. Deliveries that come up while they are off are kept as `NOT_SENT` and can not
    /// be retried. The secret is not changed by it. HTTPS is recommended, not enforced.
    ///
    /// Repeated after any passing failure: setting the same URL again changes nothing.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_capa::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let url = "https://example.com/hooks/capa".parse()?;
    /// client.update_webhook_settings(Some(&url)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.capa.fi/reference/webhook-settings).
    ///
    /// # Errors
    /// `INVALID_USER_INPUT_ERROR` (400) when Capa does not like the URL, `UNAUTHORIZED` (401), `INVALID_PARTNER_FLOW`
    /// (403).
    pub async fn update_webhook_settings(&self, url: Option<&Url>) -> Result<Fetched<WebhookSettings>, Error> {
        self.fetch(
            Request::put("/api/partner/v2/webhook-settings", RetrySafety::Idempotent)
                .json(&Update { url: url.map(Url::as_str) }),
        )
        .await
    }

    /// The same by version 1 of the API, whose pages are still there.
    ///
    /// Repeated after any passing failure, as the other.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_capa::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let url = "https://example.com/hooks/capa".parse()?;
    /// client.update_webhook_settings_v1(Some(&url)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.capa.fi/v1.0/reference/partnerwebhooksettingscontroller_update).
    ///
    /// # Errors
    /// Those of [`Self::update_webhook_settings`]; the page lists none.
    pub async fn update_webhook_settings_v1(&self, url: Option<&Url>) -> Result<Fetched<WebhookSettings>, Error> {
        self.fetch(
            Request::put("/api/partner/v1/webhook-settings", RetrySafety::Idempotent)
                .json(&Update { url: url.map(Url::as_str) }),
        )
        .await
    }

    /// What became of deliveries, page by page; [`Page::total`](idhooks_client::Page::total) is how many match in all.
    ///
    /// Pages are cut by counting (`skip`). Whatever leaves the list in between moves the rest up, and they are passed
    /// over: collect the ids first and retry then, not page by page.
    ///
    /// Each page is repeated after any passing failure: nothing changes by asking.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_capa::Client) -> Result<(), idhooks_capa::Error> {
    /// use idhooks_capa::rest::{NotificationFilter, NotificationStatus};
    ///
    /// let failed = NotificationFilter::new().status(NotificationStatus::Failed);
    /// for notification in client.list_webhook_notifications(&failed).all().await? {
    ///     println!("{}", notification.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.capa.fi/reference/webhooknotificationpartnerv2controller_listnotifications).
    ///
    /// # Errors
    /// The pages' `next` fails with `UNAUTHORIZED` (401), or with `INVALID_USER_INPUT_ERROR` (400) for a limit above
    /// 100.
    #[must_use]
    pub fn list_webhook_notifications(&self, filter: &NotificationFilter) -> Pages<WebhookNotificationSummary> {
        let (client, filter) = (self.clone(), filter.clone());
        Pages::new(move |at| {
            let (client, call, limit) = (client.clone(), filtered(&filter), filter.limit);
            async move {
                let (list, raw) = client.fetch::<NotificationList>(paged(call?, at, limit)).await?.into_parts();
                Ok(page(raw, list.data, list.total, at, limit))
            }
        })
    }

    /// One delivery: how far it got, its payload, and what your endpoint answered last.
    ///
    /// Repeated after any passing failure: nothing changes by asking.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_capa::Client) -> Result<(), idhooks_capa::Error> {
    /// let notification = client.get_webhook_notification(&"the notification's id".into()).await?;
    /// println!("{:?}", notification.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.capa.fi/reference/webhooknotificationpartnerv2controller_getnotification).
    ///
    /// # Errors
    /// `NOT_FOUND` (404), `UNAUTHORIZED` (401); and when the response is about another notification.
    pub async fn get_webhook_notification(&self, id: &NotificationId) -> Result<Fetched<WebhookNotification>, Error> {
        self.notification(Request::get("/api/partner/v2/webhook-notifications/{id}").with("id", id.as_str()), id).await
    }

    /// Queues a failed delivery again, at once and with a fresh round of automatic attempts.
    ///
    /// It goes to the URL that is set now. Three retries for each notification, ten a minute for all together. The
    /// answer proves that it is queued, not that it was delivered: ask
    /// [`Self::get_webhook_notification`] later.
    ///
    /// **Never repeated**, not even after 429: each one counts, and there is nothing that would tell a second request
    /// from a repetition of the first.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_capa::Client) -> Result<(), idhooks_capa::Error> {
    /// use idhooks_capa::RetryError;
    ///
    /// match client.retry_webhook_notification(&"the notification's id".into()).await {
    ///     Ok(_) => println!("queued"),
    ///     Err(RetryError::LimitReached(_)) => println!("it was retried three times already"),
    ///     Err(error) => return Err(error.into()),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.capa.fi/reference/webhooknotificationpartnerv2controller_retrynotification).
    /// Any 2xx counts as success, because the page's status is not known (201 is likely, inferred).
    ///
    /// # Errors
    /// See [`RetryError`].
    pub async fn retry_webhook_notification(
        &self,
        id: &NotificationId,
    ) -> Result<Fetched<WebhookNotification>, RetryError> {
        let call = Request::post("/api/partner/v2/webhook-notifications/{id}/retry", RetrySafety::Never)
            .with("id", id.as_str());
        self.notification(call, id).await.map_err(RetryError::of)
    }

    async fn notification(&self, call: Request, id: &NotificationId) -> Result<Fetched<WebhookNotification>, Error> {
        let response = self.api.send(call).await?;
        let notification: Fetched<WebhookNotification> = envelope::read(&response)?;
        response.check_id("id", &notification.id, id)?;
        Ok(notification)
    }
}

fn filtered(filter: &NotificationFilter) -> Result<Request, Error> {
    let call = Request::get("/api/partner/v2/webhook-notifications");
    match &filter.status {
        Some(status) => Ok(call.query("status", query_text(status.as_str())?)),
        None => Ok(call),
    }
}
