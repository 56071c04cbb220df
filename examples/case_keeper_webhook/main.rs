//! Case Keeper: receive an unverified delivery. `cargo run --example case_keeper_webhook`
use idhooks::{Credential, case_keeper};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The vendor proves nothing. A secret header, added by your gateway, keeps strangers out.
    let verifier = case_keeper::OpenEndpoint::with_shared_secret(Credential::in_header("x-gateway", "demo-secret")?);
    let headers = [("x-gateway", "demo-secret")];

    let body = br#"{"key":"verification.completed","data":{"id":"01234567-89ab-cdef-0123-456789abcdef"}}"#;
    let delivery = verifier.verify(&headers, &body[..])?;

    // Anyone could have sent it: read the verification by an authenticated call, and act on that alone.
    let event = delivery.decode()?;
    println!("{} may have happened: re-read {:?}", event.key, event.verification_id());

    let two_ids = br#"{"key":"verification.completed","dataId":"one","data":{"id":"two"}}"#;
    if let Err(why) = verifier.verify(&headers, &two_ids[..])?.decode() {
        println!("two ids are none: {why}");
    }
    println!("a stranger is rejected: {:?}", verifier.verify(&[("x-gateway", "guess")], &body[..]).err());
    Ok(())
}
