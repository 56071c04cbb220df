//! What users may do with the public types across threads.

use idhooks_core::{
    Authentication, BearerVerifier, CheckUnavailable, Credential, Credentials, Decimal, DecodeError, DedupKey,
    EnvError, Envelope, Hmac, Lenient, List, Pii, RawJson, Secret, SecretError, Secrets, SharedCredential, Timestamp,
    Unauthenticated, Unverified, Verified, VerifyError,
};

/// Neither `Send` nor `Sync` nor `Clone`: what a delivery carries must not depend on its event.
#[allow(dead_code, reason = "only its traits matter")]
struct NotEven(std::rc::Rc<()>);

fn shared<T: Send + Sync + Clone + 'static>() {}

#[test]
fn types_are_send_sync_and_clone() {
    shared::<Secret>();
    shared::<Secrets>();
    shared::<Credential>();
    shared::<Credentials>();
    shared::<Verified<NotEven>>();
    shared::<Unverified<NotEven>>();
    shared::<Hmac<NotEven>>();
    shared::<SharedCredential<NotEven>>();
    shared::<BearerVerifier<NotEven>>();
    shared::<Unauthenticated<NotEven>>();
    shared::<Authentication>();
    shared::<Envelope>();
    shared::<DedupKey>();
    shared::<VerifyError>();
    shared::<SecretError>();
    shared::<EnvError>();
    shared::<DecodeError>();
    shared::<CheckUnavailable>();
    shared::<Timestamp>();
    shared::<Decimal>();
    shared::<RawJson>();
    shared::<Pii<String>>();
    shared::<Lenient<String>>();
    shared::<List<String>>();
}
