//! The vendor's own check, and what would have passed it.

use idhooks::{
    Authentication, Credential, Credentials, Secret, SecretError, Secrets, VerifyError, autentique, caf, capa,
    case_keeper,
    core::{Escaped, Hmac, HmacSigned, WebhookEvent},
    unico,
};

use crate::{
    arguments::{Captured, Vendor},
    compact::compact,
};

/// What came of the check.
pub(crate) enum Verdict {
    Verified,
    Unverified,
    Rejected { reason: &'static str, why: String, advice: Option<String> },
}

impl Verdict {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unverified => "unverified",
            Self::Rejected { .. } => "rejected",
        }
    }
}

/// A way to put the delivery right, and its name.
type Mend<'a> = (&'static str, std::borrow::Cow<'a, [u8]>);

/// Checks the delivery as the vendor's verifier would.
pub(crate) fn check(delivery: &Captured) -> Result<Verdict, String> {
    match delivery.vendor {
        Vendor::Caf => signed::<caf::Event>(delivery),
        Vendor::Autentique => signed::<autentique::Event>(delivery),
        Vendor::Capa => signed::<capa::Event>(delivery),
        Vendor::Unico => unico(delivery),
        Vendor::CaseKeeper => case_keeper(delivery),
    }
}

fn signed<E: HmacSigned>(delivery: &Captured) -> Result<Verdict, String> {
    if delivery.secrets.is_empty() {
        let why = format!("give the secret of {} with --secret or --secret-env", E::VENDOR);
        return Ok(Verdict::Rejected { reason: "not_configured", why, advice: None });
    }
    let secrets = delivery.secrets.iter().map(|text| Secret::new(text.trim_ascii()).map_err(usage("--secret")));
    let secrets = Secrets::new(secrets.collect::<Result<Vec<_>, _>>()?).map_err(usage("--secret"))?;
    let mut verifier = Hmac::<E>::new(secrets);
    if let Some(credentials) = credentials(delivery)? {
        verifier = verifier.also(credentials);
    }
    let attempt = |body: &[u8]| verifier.check(&delivery.headers, body).map(|found| trimmed(&delivery.secrets, &found));
    let error = match attempt(&delivery.body) {
        Ok(None) => return Ok(Verdict::Verified),
        Ok(advice) => return Ok(rejected(VerifyError::Mismatch, advice)),
        Err(error) => error,
    };
    let advice = mends(&delivery.body).into_iter().find_map(|(mend, body)| match attempt(&body) {
        Ok(None) => Some(mend.to_owned()),
        Ok(Some(also)) => Some(format!("{mend} and {also}")),
        Err(_) => None,
    });
    let advice = match error {
        VerifyError::Mismatch => advice,
        VerifyError::MissingHeader => missing(E::SIGNATURE_HEADER, &delivery.headers),
        _ => None,
    };
    Ok(rejected(error, advice))
}

/// Names the expected header, and one that was sent instead; `None` if the expected one is there.
fn missing(expected: &str, headers: &[(String, String)]) -> Option<String> {
    if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(expected)) {
        return None;
    }
    let near = headers.iter().map(|(name, _)| name).find(|name| name.to_ascii_lowercase().contains("signature"));
    Some(match near {
        Some(near) => format!("send the signature as {expected}, not as {}", Escaped(near)),
        None => format!("send the signature as {expected}"),
    })
}

/// The library takes no secret with blanks around it, so each is tried without them; if the one that
/// fitted had some, they were what was wrong.
fn trimmed(texts: &[String], found: &Authentication) -> Option<String> {
    let text = texts.get(found.secret_index()?)?;
    (text.trim_ascii() != text).then(|| "secret trimmed".to_owned())
}

/// What often happens to a body on the way, undone.
fn mends(body: &[u8]) -> Vec<Mend<'_>> {
    let without_newline = body.strip_suffix(b"\n").map(|body| body.strip_suffix(b"\r").unwrap_or(body));
    let mut mends: Vec<Mend<'_>> = Vec::new();
    mends.extend(without_newline.map(|body| ("final newline removed", body.into())));
    mends.extend(compact(body).map(|text| ("body compacted", text.into_bytes().into())));
    mends.extend(
        <capa::Event as WebhookEvent>::reserialize(body).map(|text| ("body compacted", text.into_bytes().into())),
    );
    mends
}

fn unico(delivery: &Captured) -> Result<Verdict, String> {
    if let Some(token) = &delivery.bearer {
        let verifier = unico::BearerVerifier::fixed(token.trim_ascii()).map_err(usage("--bearer"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
        let checked = runtime.block_on(verifier.verify(&delivery.headers, delivery.body.clone()));
        let padded = token.trim_ascii() != token;
        return Ok(match checked {
            Ok(_) if padded => rejected(VerifyError::Mismatch, Some("secret trimmed".to_owned())),
            Ok(_) => Verdict::Verified,
            Err(error) => rejected(error, None),
        });
    }
    let Some(credentials) = credentials(delivery)? else { return Ok(Verdict::Unverified) };
    let checked = unico::Verifier::new(credentials).check(&delivery.headers);
    Ok(presented(delivery, checked, Verdict::Verified))
}

fn case_keeper(delivery: &Captured) -> Result<Verdict, String> {
    let Some(credentials) = credentials(delivery)? else { return Ok(Verdict::Unverified) };
    let verifier = case_keeper::OpenEndpoint::with_shared_secret(credentials);
    let checked = verifier.verify(&delivery.headers, delivery.body.clone());
    Ok(presented(delivery, checked.map(|found| found.authentication().clone()), Verdict::Unverified))
}

/// What a credential that fitted, or did not, comes to.
fn presented(delivery: &Captured, checked: Result<Authentication, VerifyError>, fitted: Verdict) -> Verdict {
    let texts = [delivery.basic.as_slice(), &delivery.api_keys].concat();
    match checked.map(|found| trimmed(&texts, &found)) {
        Ok(None) => fitted,
        Ok(advice) => rejected(VerifyError::Mismatch, advice),
        Err(error) => rejected(error, None),
    }
}

fn credentials(delivery: &Captured) -> Result<Option<Credentials>, String> {
    let basic = delivery.basic.iter().map(|pair| Credential::basic_pair(pair.trim_ascii()).map_err(usage("--basic")));
    let keys = delivery.api_keys.iter().map(|key| Credential::api_key(key.trim_ascii()).map_err(usage("--api-key")));
    let found = basic.chain(keys).collect::<Result<Vec<_>, _>>()?;
    if found.is_empty() {
        return Ok(None);
    }
    Credentials::new(found).map(Some).map_err(usage("--basic or --api-key"))
}

fn usage(option: &str) -> impl Fn(SecretError) -> String + '_ {
    move |why| format!("{option}: {why}")
}

fn rejected(error: VerifyError, advice: Option<String>) -> Verdict {
    Verdict::Rejected { reason: error.as_str(), why: error.to_string(), advice }
}

#[test]
fn names_the_expected_header_and_the_near_miss() {
    let headers = |name: &str| [("Host".to_owned(), "x".to_owned()), (name.to_owned(), "00".to_owned())];
    let advice = |name| missing("capa-signature", &headers(name));
    assert_eq!(advice("X-Capa-Signature").unwrap(), "send the signature as capa-signature, not as X-Capa-Signature");
    assert_eq!(advice("Accept").unwrap(), "send the signature as capa-signature");
    assert_eq!(advice("Capa-Signature"), None);
}
