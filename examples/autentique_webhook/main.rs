//! Autentique: two endpoints with two secrets on one URL. `cargo run --example autentique_webhook`
use idhooks::{Secret, Secrets, autentique};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In production: `autentique::Verifier::from_env()?`, which reads AUTENTIQUE_WEBHOOK_SECRET, …_SECRET_2 and so on.
    let documents = Secret::new("secret of the document endpoint")?.with_label("documents");
    let signatures = Secret::new("secret of the signature endpoint")?.with_label("signatures");
    let verifier = autentique::Verifier::new(Secrets::new([documents, signatures.clone()])?);

    let body = br#"{"object":"webhook","event":{"id":"e-1","type":"signature.accepted",
        "data":{"public_id":"s-1","object":"signature","document":"d-1","signed":"2026-09-21T18:09:30.000000Z"}}}"#;
    let headers = [autentique::sign(&signatures, body)];

    let delivery = verifier.verify(&headers, &body[..])?;
    println!("signed with the secret of {:?}", delivery.authentication().label());
    match delivery.decode()?.body {
        autentique::EventBody::SignatureAccepted(signature) => {
            println!("{} of {:?}", signature.public_id, signature.document);
        }
        other => println!("{} is not for us", other.name()),
    }
    Ok(())
}
