//! Reading documents.

use idhooks_client::{Count, Error, Fetched, Page, Pages, Position};
use idhooks_core::{DecodeError, Lenient, List, json, payload};
use serde::Serialize;

use super::{Client, operation::Operation};
use crate::{
    DocumentId,
    rest::{Document, DocumentFilter},
};

const DOCUMENT: Operation = Operation::query(
    "document",
    concat!(include_str!("queries/get_document.graphql"), include_str!("queries/document_fields.graphql")),
);

const DOCUMENTS: Operation = Operation::query(
    "documents",
    concat!(include_str!("queries/list_documents.graphql"), include_str!("queries/document_fields.graphql")),
);

#[derive(Serialize)]
struct ById<'a> {
    id: &'a DocumentId,
}

payload! {
    /// The vendor's `DocumentPagination`, as much of it as is asked for.
    struct DocumentPagination {
        has_more_pages: bool = "has_more_pages",
        // The schema lets an element be null.
        data: List<Option<Document>> = "data",
        total: Lenient<Count> = "total",
    }
}

impl Client {
    /// Reads a document: who has signed, who declined, and where its files are.
    ///
    /// **Billed**: US$ 0.0002 a document ([documented](https://docs.autentique.com.br/api/api-pricing)). Wait for a
    /// webhook instead of polling.
    ///
    /// Retries after every transient error, because the call only reads. If the first response was lost, both may be
    /// billed.
    ///
    /// ```no_run
    /// # use idhooks_autentique::{Client, DocumentId, Error};
    /// # async fn read(client: &Client, id: &DocumentId) -> Result<(), Error> {
    /// match client.get_document(id).await {
    ///     Ok(document) => println!("{:?}", document.name),
    ///     Err(error) if error.is_not_found() => println!("there is no such document"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [every call](Client#errors). [`Error::is_not_found`] for `document_not_found`, and for a response with neither
    /// a document nor an error. An empty id is an error before anything is sent. A response about another document is
    /// an error.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/resgatando-documentos).
    pub async fn get_document(&self, id: &DocumentId) -> Result<Fetched<Document>, Error> {
        if id.as_str().is_empty() {
            return Err(Error::invalid_request("the document's id is empty"));
        }
        let response = self.execute(DOCUMENT, &ById { id }).await?;
        let [data] = json::members(response.body(), ["data"]);
        let [document] = json::members_of(data, [DOCUMENT.field]);
        if document.is_some_and(|document| document.get() == "null") {
            return Err(response.not_found(DecodeError::new("data.document", "is null")));
        }
        let document: Fetched<Document> = response.fetched(&["data", DOCUMENT.field])?;
        response.check_id("data.document.id", &document.id, id)?;
        Ok(document)
    }

    /// Lists the documents that match `filter`, page by page. Sandbox documents are left out unless the filter asks for
    /// them.
    ///
    /// **Billed** like [`get_document`](Self::get_document), each document of each page. A document that is added or
    /// deleted between two pages can shift another one past you. The list ends at the stated total, even if the API
    /// says that more pages follow.
    ///
    /// Each page is retried after every transient error, because the call only reads.
    ///
    /// ```no_run
    /// # async fn list(client: &idhooks_autentique::Client) -> Result<(), idhooks_autentique::Error> {
    /// use idhooks_autentique::rest::{DocumentFilter, DocumentStatus};
    ///
    /// let mut pages = client.list_documents(&DocumentFilter::new().status(DocumentStatus::Pending));
    /// while let Some(page) = pages.next().await? {
    ///     for document in page.items {
    ///         println!("{}", document.id);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Each page as [every call](Client#errors).
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/resgatando-documentos).
    #[must_use]
    pub fn list_documents(&self, filter: &DocumentFilter) -> Pages<Document> {
        let (client, filter) = (self.clone(), filter.clone());
        Pages::new(move |at: Position| {
            let (client, first) = (client.clone(), filter.page);
            let filter = filter.clone().page(first.saturating_add(at.number));
            async move {
                let (page, raw) = client.ask::<DocumentPagination>(DOCUMENTS, &filter).await?.into_parts();
                let documents: Vec<_> = page.data.into_iter().flatten().collect();
                let total = page.total.into_option().map(Count::get);
                // Every document is billed, so the stated total ends the list as well. It counts from the first page.
                let is_all = first <= 1 && total.is_some_and(|total| at.offset + documents.len() as u64 >= total);
                Ok(Page::new(raw, "data", documents, total, !page.has_more_pages || is_all))
            }
        })
    }
}
