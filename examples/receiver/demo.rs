//! The receiver's own vendors: every fixture as its vendor would send it, and forgeries.

use std::{error::Error, net::SocketAddr};

use idhooks::{Credential, Secret, autentique, caf, capa};
use idhooks_fixtures::{Fixture, all, find};
use reqwest::{Client, Method, RequestBuilder};

use crate::{
    print,
    vendors::{DEMO_PASSWORD, DEMO_SECRET, DEMO_USER},
};

/// A header that tells the printed line what is being tried.
pub(crate) const NOTE: &str = "x-demo-note";

/// The vendors that this example serves; there may be more.
const SERVED: [&str; 5] = ["caf", "unico", "autentique", "case-keeper", "capa"];

type Headers = Vec<(String, String)>;

struct Demo {
    client: Client,
    address: SocketAddr,
    sent: usize,
    wrong: usize,
}

/// Whether every answer was the expected one.
pub(crate) async fn run(address: SocketAddr) -> Result<bool, Box<dyn Error>> {
    let mut demo = Demo { client: Client::builder().no_proxy().build()?, address, sent: 0, wrong: 0 };
    print::line(format_args!(
        "\nEvery sample, as its vendor would send it. TIME is from the request to the answer, when it is on disk, or, of \
         what is handled, to that:\n"
    ));
    print::heading();
    for fixture in all().filter(|fixture| SERVED.contains(&fixture.vendor)) {
        // Caf's older APIs sign nothing, so such a body arrives without a signature.
        let foreign = !fixture.readable || fixture.name.starts_with("global-");
        let (header, wanted) = if foreign { (None, 401) } else { (proof(fixture)?, 200) };
        let note = if foreign { "an older API, which signs nothing" } else { "" };
        demo.send(wanted, demo.deliver(fixture, note).body(fixture.body), header).await?;
    }

    print::line(format_args!("\nForgeries and accidents:\n"));
    print::heading();
    for vendor in ["caf", "autentique", "capa"] {
        demo.forge_signatures(vendor).await?;
    }
    demo.forge_credentials().await?;
    demo.forge_unverified().await?;
    demo.break_transport().await?;

    let right = demo.sent - demo.wrong;
    print::line(format_args!("\n{} requests, {right} answered as expected, {} not.", demo.sent, demo.wrong));
    if cfg!(debug_assertions) {
        print::line(format_args!("(A debug build: --release is many times faster.)"));
    }
    Ok(demo.wrong == 0)
}

impl Demo {
    fn deliver(&self, fixture: &Fixture, note: &str) -> RequestBuilder {
        let url = format!("http://{}/hooks/{}", self.address, fixture.vendor);
        self.client.post(url).header("content-type", "application/json").header(NOTE, note)
    }

    /// Sends one request and compares the answer's status.
    async fn send(
        &mut self,
        wanted: u16,
        request: RequestBuilder,
        headers: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), reqwest::Error> {
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        self.sent += 1;
        let answer = match request.send().await {
            // The receiver has answered and closed before it was sent everything: it read no further.
            Err(_) if wanted == 413 => return Ok(()),
            answer => answer?,
        };
        let got = answer.status().as_u16();
        if got != wanted {
            self.wrong += 1;
            print::line(format_args!("  ^ answered {got}, expected {wanted}"));
        }
        let told = answer.bytes().await?;
        if !told.is_empty() {
            self.wrong += 1;
            print::line(format_args!("  ^ the answer has a body; it should tell nothing"));
        }
        Ok(())
    }

    async fn forge_signatures(&mut self, vendor: &str) -> Result<(), Box<dyn Error>> {
        let Some(sample) = all().find(|fixture| fixture.vendor == vendor && fixture.known) else { return Ok(()) };
        let body = sample.body;
        let (name, good) = signature(vendor, DEMO_SECRET, body)?;
        let (_, other) = signature(vendor, "a secret of another tenant", body)?;
        let mut flipped = body.to_vec();
        if let Some(byte) = flipped.get_mut(body.len() / 2) {
            *byte ^= 1;
        }
        let with = |value: String| vec![(name.clone(), value)];
        let (half, _) = good.split_at(32);
        let cases: [(&str, Vec<u8>, Headers); 7] = [
            ("no signature", body.to_vec(), Vec::new()),
            ("signed with another tenant's secret", body.to_vec(), with(other)),
            ("one bit of the body flipped", flipped, with(good.clone())),
            ("the body formatted again on the way", [b" ", body].concat(), with(good.clone())),
            ("half a signature", body.to_vec(), with(half.to_owned())),
            ("a prefix the vendor does not send", body.to_vec(), with(format!("sha256={good}"))),
            ("the signature twice", body.to_vec(), [with(good.clone()), with(good.clone())].concat()),
        ];
        for (note, body, headers) in cases {
            self.send(401, self.deliver(sample, note).body(body), headers).await?;
        }
        let spelled = with(format!(" {} ", good.to_uppercase()));
        self.send(200, self.deliver(sample, "upper-case hex is the same signature").body(body), spelled).await?;
        Ok(())
    }

    async fn forge_credentials(&mut self) -> Result<(), Box<dyn Error>> {
        let Some(sample) = find("unico", "finished-ok") else { return Ok(()) };
        let basic =
            |user: &str, password: &str| Credential::basic(user, password).map(|credential| headers(&credential));
        let bearer = vec![("authorization".to_owned(), "Bearer abc".to_owned())];
        let twice = [basic(DEMO_USER, DEMO_PASSWORD)?, basic(DEMO_USER, DEMO_PASSWORD)?].concat();
        let cases = [
            ("no credential", Vec::new()),
            ("a wrong password", basic(DEMO_USER, "wrong-password")?),
            ("another scheme", bearer),
            ("the credential twice", twice),
        ];
        for (note, headers) in cases {
            self.send(401, self.deliver(sample, note).body(sample.body), headers).await?;
        }
        Ok(())
    }

    async fn forge_unverified(&mut self) -> Result<(), Box<dyn Error>> {
        let Some(sample) = find("case-keeper", "verification-updated") else { return Ok(()) };
        let conflict = r#"{"key":"verification.updated","dataId":"one","data":{"id":"two"}}"#;
        for (note, body) in
            [("two ids that differ", conflict), ("no id", r#"{"key":"verification.updated"}"#), ("no JSON", "hello")]
        {
            self.send(400, self.deliver(sample, note).body(body), None).await?;
        }
        Ok(())
    }

    async fn break_transport(&mut self) -> Result<(), Box<dyn Error>> {
        let Some(sample) = find("caf", "profile-updated") else { return Ok(()) };
        let url = format!("http://{}/hooks/caf", self.address);
        let get = self.client.request(Method::GET, &url);
        self.send(405, get, None).await?; // answered by the router, so no line is printed
        let gzip = self.deliver(sample, "a compressed body").header("content-encoding", "gzip");
        self.send(415, gzip.body(sample.body), proof(sample)?).await?;
        let text = self
            .client
            .post(&url)
            .header("content-type", "text/plain")
            .header(NOTE, "another content type: the signature decides");
        self.send(200, text.body(sample.body), proof(sample)?).await?;
        let large = self.deliver(sample, "a body of 2 MiB").body(vec![b' '; 2 * 1024 * 1024]);
        self.send(413, large, None).await?;
        Ok(())
    }
}

/// What the vendor presents with a fixture.
fn proof(fixture: &Fixture) -> Result<Option<(String, String)>, Box<dyn Error>> {
    Ok(match fixture.vendor {
        "case-keeper" => None,
        "unico" => headers(&Credential::basic(DEMO_USER, DEMO_PASSWORD)?).pop(),
        vendor => Some(signature(vendor, DEMO_SECRET, fixture.body)?),
    })
}

fn signature(vendor: &str, secret: &str, body: &[u8]) -> Result<(String, String), Box<dyn Error>> {
    let secret = Secret::new(secret)?;
    let (name, value) = match vendor {
        "caf" => caf::sign(&secret, body),
        "autentique" => autentique::sign(&secret, body),
        "capa" => capa::sign(&secret, body),
        other => return Err(format!("{other} signs nothing").into()),
    };
    Ok((name.to_owned(), value))
}

fn headers(credential: &Credential) -> Headers {
    credential.header().map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
}

/// A line for a shell that delivers a signed event.
pub(crate) fn curl(address: SocketAddr) -> String {
    let body = r#"{"type":"KYC","event":"VERIFIED_USER","externalUserId":"customer-1"}"#;
    let header = signature("capa", DEMO_SECRET, body.as_bytes()).map(|(name, value)| format!("{name}: {value}"));
    format!("curl -i http://{address}/hooks/capa -H '{}' -d '{body}'", header.unwrap_or_default())
}
