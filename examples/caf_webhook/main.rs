//! Caf: verify a delivery and read its event. `cargo run --example caf_webhook`
use idhooks::{Secret, caf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In production: `caf::Verifier::from_env()?`, which reads CAF_WEBHOOK_SECRET.
    let secret = Secret::new("demo-secret")?;
    let verifier = caf::Verifier::new(secret.clone());

    // What your web framework hands you: the headers, and the body byte for byte.
    let body = br#"{"specversion":"1.0","type":"TRANSACTIONSTATUSUPDATED","source":"TRANSACTION","id":"e-1",
        "data":{"id":"t-1","status":"COMPLETED"}}"#;
    let headers = [caf::sign(&secret, body)];

    let delivery = verifier.verify(&headers, &body[..])?;
    println!("{} is {:?}", delivery.dedup_key(), delivery.authentication().method());
    match delivery.decode()?.body {
        caf::EventBody::TransactionStatusUpdated(transaction) => {
            // `COMPLETED` is no verdict: fetch the transaction before you act.
            println!("transaction {}: {:?}", transaction.id, transaction.status);
        }
        other => println!("{} is not for us", other.name()),
    }

    println!("a forgery is rejected: {:?}", verifier.verify(&headers, &b"{}"[..]).err());
    Ok(())
}
