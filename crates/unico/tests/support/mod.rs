//! A key, an account and clients for the local double.

#![allow(dead_code, clippy::expect_used, reason = "each test file uses its part; a test that cannot go on fails")]

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use idhooks_fixtures::server::{Received, Reply, Server, unico::Vendor};
use idhooks_unico::{
    Account, ApiClient, Environment, ProcessId, RsaKey, WebClient,
    http_client::{Retry, Url},
};

pub(crate) const ISSUER: &str = "tester@tenant-1.iam.acesso.io";
pub(crate) const API_KEY: &str = "CANARY-api-key-5d1c";
pub(crate) const TOKEN: &str = "POST /oauth2/token";

/// One key for all tests of a file: making one takes a while.
pub(crate) fn pair() -> &'static KeyPair {
    static PAIR: OnceLock<KeyPair> = OnceLock::new();
    PAIR.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).expect("a key"))
}

/// PKCS#8 of that key.
pub(crate) fn pkcs8() -> Vec<u8> {
    let der: Pkcs8V1Der<'_> = pair().as_der().expect("DER");
    der.as_ref().to_vec()
}

pub(crate) fn key() -> RsaKey {
    RsaKey::from_der(pkcs8()).expect("a key")
}

/// Whether that key made the signature.
pub(crate) fn verify(message: &[u8], signature: &[u8]) -> bool {
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair().public_key().as_ref());
    public.verify(message, signature).is_ok()
}

pub(crate) fn vendor() -> Arc<Vendor> {
    Arc::new(Vendor::new(ISSUER, API_KEY, verify))
}

/// The double as it is.
pub(crate) async fn double() -> Server {
    let vendor = vendor();
    Server::start(move |request| vendor.answer(request)).await.expect("a port")
}

/// The double, but for what `rule` answers itself.
pub(crate) async fn double_but(rule: impl Fn(&Received) -> Option<Reply> + Send + Sync + 'static) -> Server {
    let vendor = vendor();
    Server::start(move |request| rule(request).unwrap_or_else(|| vendor.answer(request))).await.expect("a port")
}

/// The double, but every call other than the token's is answered so.
pub(crate) async fn always(reply: Reply) -> Server {
    double_but(move |request| (request.line() != TOKEN).then(|| reply.clone())).await
}

/// Three attempts, hardly a wait.
pub(crate) fn retry() -> Retry {
    Retry::new().base(Duration::from_millis(1)).cap(Duration::from_millis(20))
}

pub(crate) fn account_at(url: Url) -> Account {
    let builder = Account::builder(ISSUER, key(), Environment::Sandbox);
    builder.base_url(url).retry(retry()).build().expect("an account")
}

pub(crate) fn account(server: &Server) -> Account {
    account_at(server.url())
}

pub(crate) fn web_of(server: &Server, account: &Account) -> WebClient {
    WebClient::builder(account).base_url(server.url()).retry(retry()).build().expect("a client")
}

pub(crate) fn web(server: &Server) -> WebClient {
    web_of(server, &account(server))
}

pub(crate) fn api_of(server: &Server, account: &Account) -> ApiClient {
    let builder = ApiClient::builder(account, API_KEY);
    builder.base_url(server.url()).retry(retry()).build().expect("a client")
}

pub(crate) fn api(server: &Server) -> ApiClient {
    api_of(server, &account(server))
}

pub(crate) fn id(text: &str) -> ProcessId {
    ProcessId::from(text)
}
