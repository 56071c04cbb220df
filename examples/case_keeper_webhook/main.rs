//! Case Keeper: take a hint. `cargo run --example case_keeper_webhook`
use idhooks::{Credential, case_keeper};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The vendor proves nothing. A secret header, added by your gateway, keeps strangers out.
    let verifier = case_keeper::OpenEndpoint::with_shared_secret(Credential::in_header("x-gateway", "demo-secret")?);
    let headers = [("x-gateway", "demo-secret")];

    let body = br#"{"key":"verification.completed","data":{"id":"01234567-89ab-cdef-0123-456789abcdef"}}"#;
    let hint = verifier.verify(&headers, &body[..])?;

    // A hint is no fact: re-read the verification by an authenticated call, and act on that alone.
    let event = hint.event()?;
    println!("{} may have happened: re-read {:?}", event.key, event.verification_id());

    let two_ids = br#"{"key":"verification.completed","dataId":"one","data":{"id":"two"}}"#;
    if let Err(why) = verifier.verify(&headers, &two_ids[..])?.event() {
        println!("two ids are none: {why}");
    }
    println!("a stranger is refused: {:?}", verifier.verify(&[("x-gateway", "guess")], &body[..]).err());
    Ok(())
}
