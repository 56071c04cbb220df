//! Exchanges of money.

use idhooks_client::{Count, Error, Fetched, Pages, Request, RetrySafety};
use idhooks_core::{DecodeError, Lenient, List, RawJson, payload};

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

payload! {
    struct RawTransactionList {
        data: List<RawJson> = "data",
    }
}

impl Client {
    /// Lists transactions, page by page. [`Page::total`](idhooks_client::Page::total) is the number of all that match.
    ///
    /// Capa pages by position (`skip`). A transaction that is added or removed meanwhile shifts the others, so you may
    /// see one twice or miss one.
    ///
    /// Each page is retried after every transient error, because the call only reads.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_capa::Client) -> Result<(), idhooks_capa::Error> {
    /// use idhooks_capa::rest::{TransactionFilter, TransactionType};
    ///
    /// let filter = TransactionFilter::new().transaction_type(TransactionType::OnRamp).limit(50);
    /// let mut pages = client.list_transactions(&filter);
    /// while let Some(page) = pages.next().await? {
    ///     for transaction in page.items {
    ///         println!("{}: {:?}", transaction.id, transaction.status);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
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
                let (list, raw) = client.fetch::<TransactionList>(paged(call?, at, limit)).await?.into_parts();
                Ok(page(raw, list.data, list.count, at, limit))
            }
        })
    }

    /// Reads one transaction.
    ///
    /// Asks the list for that id, because no page documents a call for a single transaction. The response is the state
    /// now. A webhook may be older or false.
    ///
    /// Retries after every transient error, because the call only reads.
    ///
    /// ```no_run
    /// # async fn read(client: &idhooks_capa::Client) -> Result<(), idhooks_capa::Error> {
    /// match client.get_transaction(&"c0ffee00-0000-4000-8000-000000000001".into()).await {
    ///     Ok(transaction) => println!("{:?}", transaction.status),
    ///     Err(error) if error.is_not_found() => println!("there is no such transaction"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    ///
    /// # Errors
    /// [`Error::is_not_found`] if none of your transactions has that id: an empty list, or `TRANSACTION_NOT_FOUND`
    /// (404). `UNAUTHORIZED` (401). A response with other transactions only is invalid.
    pub async fn get_transaction(&self, id: &TransactionId) -> Result<Fetched<Transaction>, Error> {
        let response = self.api.send(Request::get(LIST).query("id", query_text(id.as_str())?)).await?;
        let list = envelope::read::<RawTransactionList>(&response)?.into_inner().data.into_vec();
        for (index, raw) in list.iter().enumerate() {
            let transaction = Fetched::<Transaction>::decode(raw.get().as_bytes())
                .map_err(|why| response.invalid(why.inside(&format!("data[{index}]"))))?;
            if transaction.id == *id {
                return Ok(transaction);
            }
        }
        Err(match list.is_empty() {
            true => response.not_found(DecodeError::new("data", "is empty")),
            false => response.invalid(DecodeError::new("data", "holds another transaction than requested")),
        })
    }

    /// Cancels a transaction in a state that allows it, such as `PENDING`, `BANK_TRANSFER_PENDING` or
    /// `CRYPTO_NOT_RECEIVED`.
    ///
    /// The response has the id, the user and the new status, and in an older sample all other fields as well.
    ///
    /// Retries after every transient error, because the call is documented as idempotent.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_capa::Client) -> Result<(), idhooks_capa::Error> {
    /// let cancelled = client.cancel_transaction(&"the transaction's id".into()).await?;
    /// println!("{:?}", cancelled.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_cancelpartnertransaction).
    ///
    /// # Errors
    /// `BAD_REQUEST` (400) when its state does not allow it, `PARTNER_NOT_OWNER_OF_TRANSACTION_ERROR` (403),
    /// `TRANSACTION_NOT_FOUND` (404), `UNAUTHORIZED` (401); and when the response is about another transaction.
    ///
    pub async fn cancel_transaction(&self, id: &TransactionId) -> Result<Fetched<Transaction>, Error> {
        let call =
            Request::put("/api/partner/v2/transactions/{id}/cancel", RetrySafety::Idempotent).with("id", id.as_str());
        let response = self.api.send(call).await?;
        let cancelled: Fetched<Transaction> = envelope::read(&response)?;
        response.check_id("id", &cancelled.id, id)?;
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
