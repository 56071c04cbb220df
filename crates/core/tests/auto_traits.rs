//! What users may do with the public types across threads.

use idhooks_core::{
    BearerVerifier, Credential, Credentials, Decimal, DecodeError, EnvError, Evidence, Facts, Hint, Hmac, Key, Lenient,
    List, Open, Pii, RawJson, Refused, Secret, SecretError, Secrets, SharedCredential, Timestamp, Undecided, Verified,
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
    shared::<Hint<NotEven>>();
    shared::<Hmac<NotEven>>();
    shared::<SharedCredential<NotEven>>();
    shared::<BearerVerifier<NotEven>>();
    shared::<Open<NotEven>>();
    shared::<Evidence>();
    shared::<Facts<'static>>();
    shared::<Key>();
    shared::<Refused>();
    shared::<SecretError>();
    shared::<EnvError>();
    shared::<DecodeError>();
    shared::<Undecided>();
    shared::<Timestamp>();
    shared::<Decimal>();
    shared::<RawJson>();
    shared::<Pii<String>>();
    shared::<Lenient<String>>();
    shared::<List<String>>();
}
