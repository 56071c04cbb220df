//! Capa: verify a delivery and read its event. `cargo run --example capa_webhook`
use idhooks::{Secret, capa};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In production: `capa::Verifier::from_env()?`, which reads CAPA_WEBHOOK_SECRET.
    let secret = Secret::new("demo-secret")?;
    let verifier = capa::Verifier::new(secret.clone());

    let body = br#"{"type":"TRANSACTION","event":"COMPLETED_ON_RAMP","transactionId":"t-1",
        "fiatCurrency":"MXN","fiatAmount":"18500.10","firstName":"Ana"}"#;
    let headers = [capa::sign(&secret, body)];

    match verifier.verify(&headers, &body[..])?.decode()? {
        capa::Event::Transaction(transaction) => {
            println!("{} {}: {:?}", transaction.event, transaction.transaction_id, transaction.fiat_amount);
            println!("the name stays hidden: {:?}", transaction.first_name);
        }
        // Two of these can have the same bytes: read the KYC details before you act.
        capa::Event::Kyc(kyc) => println!("{} for {:?}", kyc.event, kyc.external_user_id),
        other => println!("{} is not for us", other.name()),
    }

    println!("a forgery is rejected: {:?}", verifier.verify(&headers, &b"{}"[..]).err());
    Ok(())
}
