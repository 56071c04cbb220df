//! Autentique: after `document.finished`, read the document, and fetch the signed file.
//!
//! ```text
//! cargo run --example autentique_document        # a webhook and a server of its own, offline
//! AUTENTIQUE_API_KEY=… AUTENTIQUE_DOCUMENT_ID=… cargo run --example autentique_document
//! ```
//!
//! The second line calls the real Autentique, which bills each document it returns: one, and up to five of a list.
//! Without `AUTENTIQUE_DOCUMENT_ID` it only lists. `AUTENTIQUE_BASE_URL` names another host.

use std::{
    env,
    error::Error,
    fmt,
    io::{Write as _, stdout},
    process::ExitCode,
};

use idhooks::{
    Secret,
    autentique::{
        Client, DocumentId, Verifier,
        rest::{Direction, Document, DocumentFilter},
        sign,
    },
};
use idhooks_fixtures::{find, server::autentique as double};

const HELP: &str = "\
Reads a document of Autentique, fetches its signed file, and lists a page of documents.

Without settings it reads the document a webhook names, from a server on this machine. To call the real Autentique,
which bills each document it returns, set:
  AUTENTIQUE_API_KEY       a key from the dashboard
  AUTENTIQUE_DOCUMENT_ID   the document to read; without it, documents are only listed
  AUTENTIQUE_BASE_URL      another host, if need be";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // It takes none, and a slip of the hand must not become a call that costs.
    if let Some(argument) = env::args().nth(1) {
        line(format_args!("{HELP}"));
        return if matches!(argument.as_str(), "-h" | "--help") { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    let done = if env::var_os("AUTENTIQUE_API_KEY").is_some() { real().await } else { rehearsal().await };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("autentique_document: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn real() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let filter = DocumentFilter::new().limit(5).order_by("created_at", Direction::Descending);
    if let Ok(id) = env::var("AUTENTIQUE_DOCUMENT_ID") {
        read(&client, &DocumentId::from(id.as_str())).await?;
    }
    list(&client, &filter).await
}

async fn rehearsal() -> Result<(), Box<dyn Error>> {
    let server = double::start().await?;
    let client =
        Client::builder(double::API_KEY).base_url(server.url()).downloader(|files| files.allow_loopback()).build()?;
    line(format_args!("no AUTENTIQUE_API_KEY: a server on this machine answers"));
    read(&client, &finished()?).await?;
    list(&client, &DocumentFilter::new().limit(2).show_sandbox(true)).await
}

/// The document a webhook says is finished: checked first, as every delivery is.
fn finished() -> Result<DocumentId, Box<dyn Error>> {
    let body = find("autentique", "document-finished-2026-09").ok_or("the fixture is missing")?.body;
    let secret = Secret::new("the endpoint's secret")?;
    let delivery = Verifier::new(secret.clone()).verify(&[sign(&secret, body)], body)?;
    let event = delivery.decode()?;
    let id = event.body.document_id().ok_or("the event is about no document")?;
    line(format_args!("{} came for document {id}", event.body.name()));
    Ok(id.clone())
}

async fn read(client: &Client, id: &DocumentId) -> Result<(), Box<dyn Error>> {
    let document = match client.get_document(id).await {
        Ok(document) => document,
        Err(error) if error.is_not_found() => {
            return Err(format!("there is no document {id}, or its owner is not yours").into());
        }
        Err(error) => return Err(error.into()),
    };
    line(format_args!("{}", counts(&document)));
    for signature in document.signers().ok_or("the signers cannot be read")? {
        let steps = [
            ("opened", signature.viewed.is_some()),
            ("signed", signature.signed.is_some()),
            ("declined", signature.rejected.is_some()),
        ];
        let done: Vec<_> = steps.iter().filter(|(_, is_done)| *is_done).map(|(step, _)| *step).collect();
        let done = if done.is_empty() { "nothing yet".to_owned() } else { done.join(", ") };
        line(format_args!("  signature {}: {done}", signature.public_id));
    }

    let Some(link) = document.files.as_ref().and_then(|files| files.signed.as_ref()) else {
        line(format_args!("  there is no link to a signed file"));
        return Ok(());
    };
    match client.download(link.expose()).await {
        Ok(file) => line(format_args!(
            "  signed file: {} bytes, {}",
            file.body().len(),
            file.content_type().unwrap_or("of a type that was not said"),
        )),
        // Right after the last signature it may not be there yet.
        Err(error) => line(format_args!("  signed file: not now ({error})")),
    }
    Ok(())
}

async fn list(client: &Client, filter: &DocumentFilter) -> Result<(), Box<dyn Error>> {
    // One page and no more: each document is billed.
    let Some(page) = client.list_documents(filter).next().await? else {
        line(format_args!("no documents"));
        return Ok(());
    };
    let total = page.total.map_or("an unknown number".to_owned(), |total| total.to_string());
    line(format_args!("{} of {total} documents:", page.items.len()));
    for document in &page.items {
        line(format_args!("{}", counts(document)));
    }
    Ok(())
}

fn counts(document: &Document) -> String {
    let number = |count: Option<u32>| count.map_or("?".to_owned(), |count| count.to_string());
    format!(
        "document {}: {} of {} signed, {} declined",
        document.id,
        number(*document.signed_count),
        number(*document.signatures_count),
        number(*document.rejected_count),
    )
}

/// Prints a line; a closed pipe (`| head`) is no reason to panic.
fn line(text: fmt::Arguments<'_>) {
    writeln!(stdout().lock(), "{text}").unwrap_or_default();
}
