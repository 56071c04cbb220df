//! Reads the transaction named by the first argument.

use idhooks::capa::{Client, TransactionId};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let id = TransactionId::from(std::env::args().nth(1).unwrap_or_default().as_str());
    let transaction = Client::builder("key").build()?.get_transaction(&id).await?;
    println!("{transaction:?}");
    Ok(())
}
