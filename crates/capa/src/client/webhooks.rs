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
    /// Sets the URL that Capa delivers to, or turns deliveries off with `None`. Each partner has one URL.
    ///
    /// The response has the current setting. Capa stores events that happen while deliveries are off as `NOT_SENT`, and
    /// they cannot be retried. The secret stays the same. Capa recommends HTTPS and does not enforce it.
    ///
    /// Retries after every transient error, because setting the same URL again changes nothing.
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

    /// Does the same as [`Self::update_webhook_settings`] by version 1 of the API, which is still documented.
    ///
    /// Retries after every transient error.
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

    /// Lists webhook notifications, page by page. [`Page::total`](idhooks_client::Page::total) is the number of all
    /// that match.
    ///
    /// Capa pages by position (`skip`). A retried notification leaves a filtered list and shifts the others, so you
    /// miss some: collect the ids first, then retry.
    ///
    /// Each page is retried after every transient error, because the call only reads.
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

    /// Reads a webhook notification: its state, its payload, and the last response of your endpoint.
    ///
    /// Retries after every transient error, because the call only reads.
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

    /// Queues a failed notification again, at once and with new automatic attempts.
    ///
    /// It goes to the current URL. Capa allows three retries for each notification, and ten a minute in all. The
    /// response proves that the notification is queued, not that it was delivered: call
    /// [`Self::get_webhook_notification`] later.
    ///
    /// **Never retried**, not even after 429, because each attempt counts and Capa cannot recognise a repeated request.
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
