//! Reading documents.

use idhooks_client::{Count, Error, Page, Pages, Position};
use idhooks_core::{Lenient, List, payload};
use serde::Serialize;

use super::{
    Client,
    operation::{Operation, read},
};
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
    /// The document with that id, as it is now: who has signed, who declined, and where its files are.
    ///
    /// **Billed**: US$ 0.0002 a document
    /// ([documented](https://docs.autentique.com.br/api/api-pricing)). Wait for a webhook rather than asking again and
    /// again.
    ///
    /// `None` if the API answers with neither a document nor an error. That there is no such document it says by an
    /// error, `document_not_found`; see [`ErrorCode::is_not_found`](crate::rest::ErrorCode::is_not_found).
    ///
    /// Repeated after a failure: it only reads. If the first answer was lost on the way, both may be billed.
    ///
    /// ```no_run
    /// # async fn read(client: &idhooks_autentique::Client) -> Result<(), idhooks_autentique::Error> {
    /// let document = client.get_document(&"9d4a6f6e7c3b4d1f8a2e".into()).await?;
    /// println!("{:?}", document.and_then(|document| *document.signed_count));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [every call](Client#errors). Before anything is sent if the id is empty, and when the response is about
    /// another document.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/resgatando-documentos).
    pub async fn get_document(&self, id: &DocumentId) -> Result<Option<Document>, Error> {
        if id.as_str().is_empty() {
            return Err(Error::argument("the document's id is empty"));
        }
        let answer = self.send(DOCUMENT, &ById { id }).await?;
        let document: Option<Document> = read(&answer, "document")?;
        if let Some(document) = &document {
            answer.check_id("data.document.id", &document.id, id)?;
        }
        Ok(document)
    }

    /// The documents that fit `filter`, page by page. Those of the sandbox are left out unless the filter asks for
    /// them.
    ///
    /// **Billed** as [`get_document`](Self::get_document), each document of each page. A page is asked for when you ask
    /// for it; a document made or deleted meanwhile can shift another one past you. The list ends at the vendor's
    /// total, whatever else a page says.
    ///
    /// Each page is repeated after a failure: it only reads.
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
                let page: DocumentPagination = client.ask(DOCUMENTS, &filter).await?;
                let (total, seen) = (page.total.as_ref().map(|total| total.get()), at.offset + page.data.len() as u64);
                // A server that ignores the page would have each document billed again and again.
                let is_last = !page.has_more_pages || total.is_some_and(|total| seen >= total);
                Ok(Page::new(page.data.into_iter().flatten().collect(), total, is_last))
            }
        })
    }
}
