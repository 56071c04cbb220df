//! Unico: check the credential of a delivery and read its event. `cargo run --example unico_webhook`
use idhooks::{Credential, unico};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In production: `unico::Verifier::from_env()?`, which reads UNICO_WEBHOOK_BASIC or UNICO_WEBHOOK_API_KEY.
    let credential = Credential::basic("unico", "demo-password")?;
    let verifier = unico::Verifier::new(credential.clone());

    let body =
        br#"{"processId":"8263A268-5388-492A-BCA2-28E1FF4A69F0","state":"PROCESS_STATE_FINISHED","result":"ok"}"#;
    let headers: Vec<_> = credential.header().into_iter().collect();

    let delivery = verifier.verify(&headers, &body[..])?;
    match delivery.decode()? {
        unico::Event::Finished(process) => {
            // `ok` means that the process ran to its end, not that the person was approved.
            println!("{} ended with {:?}: now ask GetProcess", process.process_id, process.result);
        }
        other => println!("{} is not for us", other.name()),
    }
    println!("deduplicate by {}", delivery.dedup_key());

    println!("a stranger is rejected: {:?}", verifier.verify(&[("authorization", "Basic YTpi")], &body[..]).err());
    Ok(())
}
