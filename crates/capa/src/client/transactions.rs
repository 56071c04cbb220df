//! Exchanges of money.

use idhooks_client::{Count, Error, Pages, Request, RetrySafety};
use idhooks_core::{DecodeError, Lenient, List, payload};

use super::{Client, envelope, page, paged, query_text};
use crate::{
    TransactionId,
    rest::{Transaction, TransactionFilter},
};

const LIST: &str = "/api/partner/v2/transactions";

payload! {
    struct TransactionList {
        data: List<Transaction> = "data",
        // Here, unlike in the list of notifications, it counts all that match.
        count: Lenient<Count> = "count",
    }
}

impl Client {
    /// Transactions, page by page; [`Page::total`](idhooks_client::Page::total) is how many match in all.
    ///
    /// Pages are cut by counting (`skip`): what is new or leaves the list in between moves the rest, so one may be seen
    /// twice or passed over.
    ///
    /// Each page is repeated after any passing failure: nothing changes by asking.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    ///
    /// # Errors
    /// The pages' `next` fails with `UNAUTHORIZED` (401), or with `INVALID_USER_INPUT_ERROR` (400) for a limit above
    /// 100.
    #[must_use]
    pub fn list_transactions(&self, filter: &TransactionFilter) -> Pages<Transaction> {
        let (client, filter) = (self.clone(), filter.clone());
        Pages::new(move |at| {
            let (client, call, limit) = (client.clone(), filtered(&filter), filter.limit);
            async move {
                let list: TransactionList = client.read(paged(call?, at, limit)).await?;
                Ok(page(list.data, list.count, at, limit))
            }
        })
    }

    /// One transaction, or `None` if there is none of that id among yours.
    ///
    /// Asks the list for that id, because no page documents a call for a single one. What the answer says is so now,
    /// whatever a webhook said before.
    ///
    /// Repeated after any passing failure: nothing changes by asking.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    ///
    /// # Errors
    /// `UNAUTHORIZED` (401), `TRANSACTION_NOT_FOUND` (404); and an answer that holds other transactions than the one
    /// asked for can not be read.
    pub async fn get_transaction(&self, id: &TransactionId) -> Result<Option<Transaction>, Error> {
        let answer = self.api.send(Request::get(LIST).query("id", query_text(id.as_str())?)).await?;
        let list: TransactionList = envelope::read(&answer)?;
        let is_empty = list.data.is_empty();
        let found = list.data.into_iter().find(|transaction| transaction.id == *id);
        if found.is_none() && !is_empty {
            let why = DecodeError::new("data", "holds another transaction than was asked for");
            return Err(answer.unreadable(why));
        }
        Ok(found)
    }

    /// Cancels a transaction that is in a state which allows it, such as `PENDING`, `BANK_TRANSFER_PENDING` or
    /// `CRYPTO_NOT_RECEIVED`.
    ///
    /// The answer has the id, the user and the new status, in an older sample all the rest too.
    ///
    /// Repeated after any passing failure: the call is documented as idempotent.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_cancelpartnertransaction).
    ///
    /// # Errors
    /// `BAD_REQUEST` (400) when its state does not allow it, `PARTNER_NOT_OWNER_OF_TRANSACTION_ERROR` (403),
    /// `TRANSACTION_NOT_FOUND` (404), `UNAUTHORIZED` (401); and when the response is about another transaction.
    ///
    /// ```no_run
    /// # async fn cancel(client: &idhooks_capa::Client) -> Result<(), idhooks_capa::Error> {
    /// let cancelled = client.cancel_transaction(&"7d0f9c52-6f6b-4a35-8a2e-0d7f4a1d3c11".into()).await?;
    /// println!("{:?}", cancelled.status);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn cancel_transaction(&self, id: &TransactionId) -> Result<Transaction, Error> {
        let call =
            Request::put("/api/partner/v2/transactions/{id}/cancel", RetrySafety::Idempotent).with("id", id.as_str());
        let answer = self.api.send(call).await?;
        let cancelled: Transaction = envelope::read(&answer)?;
        answer.check_id("id", &cancelled.id, id)?;
        Ok(cancelled)
    }
}

fn filtered(filter: &TransactionFilter) -> Result<Request, Error> {
    let texts = [
        ("status", filter.status.as_ref().map(|status| status.as_str())),
        ("type", filter.transaction_type.as_ref().map(|kind| kind.as_str())),
        ("fiatCurrency", filter.fiat_currency.as_deref()),
        ("userId", filter.user_id.as_ref().map(|id| id.as_str())),
        ("partnerId", filter.partner_id.as_ref().map(|id| id.as_str())),
        ("sortBy", filter.sort_by.as_deref()),
        ("sortOrder", filter.sort_order.as_ref().map(|order| order.as_str())),
    ];
    let mut call = Request::get(LIST);
    for (name, text) in texts {
        if let Some(text) = text {
            call = call.query(name, query_text(text)?);
        }
    }
    Ok(call)
}
