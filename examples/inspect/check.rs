//! The vendor's own check, and what would have passed it.

use idhooks::{
    Credential, Credentials, Refused, Secret, SecretError, Secrets, autentique, caf, capa, case_keeper,
    core::{HmacSigned, json},
    unico,
};

use crate::arguments::{Captured, Vendor};

/// What came of the check.
pub(crate) enum Verdict {
    Verified,
    Hint,
    Refused { reason: &'static str, why: String, advice: Option<String> },
}

impl Verdict {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Hint => "hint",
            Self::Refused { .. } => "refused",
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
        return Ok(Verdict::Refused { reason: "not_configured", why, advice: None });
    }
    // The library takes no secret with blanks around it; here that is the thing to find out.
    let (clean, padded): (Vec<&str>, Vec<&str>) =
        delivery.secrets.iter().map(String::as_str).partition(|text| text.trim_ascii() == *text);
    let trimmed: Vec<&str> = padded.iter().map(|text| text.trim_ascii()).collect();
    let credentials = credentials(delivery)?;
    let try_with = |texts: &[&str], body: &[u8]| -> Result<Result<(), Refused>, String> {
        let secrets = texts.iter().map(Secret::new).collect::<Result<Vec<_>, _>>().map_err(usage("--secret"))?;
        let mut verifier = idhooks::core::Hmac::<E>::new(Secrets::new(secrets).map_err(usage("--secret"))?);
        if let Some(credentials) = &credentials {
            verifier = verifier.also(credentials.clone());
        }
        Ok(verifier.check(&delivery.headers, body).map(drop))
    };

    // A secret that is unusable even when trimmed is wrong usage, whatever the others are.
    let with_trimmed = if trimmed.is_empty() { None } else { Some(try_with(&trimmed, &delivery.body)?) };
    let refused = match if clean.is_empty() { None } else { Some(try_with(&clean, &delivery.body)?) } {
        Some(Ok(())) => return Ok(Verdict::Verified),
        Some(Err(refused)) => refused,
        None => match with_trimmed {
            Some(Err(refused)) => refused,
            _ => Refused::Mismatch,
        },
    };
    let mut advice = None;
    if refused == Refused::Mismatch {
        for (mend, body) in mends(&delivery.body) {
            let told = |secret: Option<&str>| {
                [mend, secret.unwrap_or_default()]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" and ")
            };
            if !clean.is_empty() && try_with(&clean, &body)?.is_ok() {
                advice = Some(told(None));
            } else if !trimmed.is_empty() && try_with(&trimmed, &body)?.is_ok() {
                advice = Some(told(Some("secret trimmed")));
            }
            if advice.is_some() {
                break;
            }
        }
    }
    Ok(refusal(refused, advice))
}

/// The body as it is, and what often happens to one on the way, undone.
fn mends(body: &[u8]) -> Vec<Mend<'_>> {
    let without_newline = body.strip_suffix(b"\n").map(|body| body.strip_suffix(b"\r").unwrap_or(body));
    let mut mends: Vec<Mend<'_>> = vec![("", body.into())];
    mends.extend(without_newline.map(|body| ("final newline removed", body.into())));
    mends.extend(json::compact(body).map(|text| ("body compacted", text.into_bytes().into())));
    mends.extend(json::stringify(body).map(|text| ("body compacted", text.into_bytes().into())));
    mends
}

fn unico(delivery: &Captured) -> Result<Verdict, String> {
    if let Some(token) = &delivery.bearer {
        let verifier = unico::BearerVerifier::fixed(token.trim_ascii()).map_err(usage("--bearer"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
        let checked = runtime.block_on(verifier.verify(&delivery.headers, delivery.body.clone()));
        let padded = token.trim_ascii() != token;
        return Ok(match checked {
            Ok(_) if padded => refusal(Refused::Mismatch, Some("secret trimmed".to_owned())),
            Ok(_) => Verdict::Verified,
            Err(refused) => refusal(refused, None),
        });
    }
    let Some(credentials) = credentials(delivery)? else { return Ok(Verdict::Hint) };
    let checked = unico::Verifier::new(credentials).check(&delivery.headers);
    Ok(checked.map_or_else(|refused| refusal(refused, None), |_| Verdict::Verified))
}

fn case_keeper(delivery: &Captured) -> Result<Verdict, String> {
    let verifier = credentials(delivery)?.map_or_else(case_keeper::Verifier::new, case_keeper::Verifier::guarded);
    let checked = verifier.verify(&delivery.headers, delivery.body.clone());
    Ok(checked.map_or_else(|refused| refusal(refused, None), |_| Verdict::Hint))
}

fn credentials(delivery: &Captured) -> Result<Option<Credentials>, String> {
    let basic = delivery.basic.iter().map(|pair| Credential::basic_pair(pair).map_err(usage("--basic")));
    let keys = delivery.api_keys.iter().map(|key| Credential::api_key(key).map_err(usage("--api-key")));
    let found = basic.chain(keys).collect::<Result<Vec<_>, _>>()?;
    if found.is_empty() {
        return Ok(None);
    }
    Credentials::new(found).map(Some).map_err(usage("--basic or --api-key"))
}

fn usage(option: &str) -> impl Fn(SecretError) -> String + '_ {
    move |why| format!("{option}: {why}")
}

fn refusal(refused: Refused, advice: Option<String>) -> Verdict {
    Verdict::Refused { reason: refused.as_str(), why: refused.to_string(), advice }
}
