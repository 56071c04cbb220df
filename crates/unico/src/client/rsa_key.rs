//! A private key in memory.

use std::{error, fmt, sync::Arc};

use aws_lc_rs::{rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use idhooks_client::async_trait;
use rustls_pki_types::{
    PrivateKeyDer,
    pem::{PemObject as _, SectionKind},
};

use super::{Sign, SignError};

/// The private key of a service account, in memory: RSA of 2048 to 8192 bits. `Debug` shows nothing of it.
///
/// ```no_run
/// use idhooks_unico::RsaKey;
///
/// let key = RsaKey::from_pem(std::fs::read("unico.key")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RsaKey(Arc<KeyPair>);

/// Why a private key cannot be used. Shows nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// No PEM section of a key: most often the path of the file in place of what is in it.
    NotPem,
    /// Encrypted with a passphrase: decrypt it first, or leave it in a vault and implement [`Sign`].
    Encrypted,
    /// A public key, where the private one is asked for.
    PublicKey,
    /// A certificate, where the private key is asked for.
    Certificate,
    /// A key, but not an RSA one.
    NotRsa,
    /// An RSA key of less than 2048 bits.
    TooSmall,
    /// Damaged, or of a form this crate does not read.
    Unreadable,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPem => "the private key is not PEM",
            Self::Encrypted => "the private key is encrypted with a passphrase",
            Self::PublicKey => "this is a public key, and the private one is needed",
            Self::Certificate => "this is a certificate, and the private key is needed",
            Self::NotRsa => "the private key is not an RSA key",
            Self::TooSmall => "the private key has less than 2048 bits",
            Self::Unreadable => "the private key cannot be read",
        })
    }
}

impl error::Error for KeyError {}

impl RsaKey {
    /// Reads a key from PEM: PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`). The first section counts.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let pem = pem.as_ref();
        // The reader passes over sections it has no name for, so these would read as "no key".
        let says = |words: &str| pem.windows(words.len()).any(|window| window == words.as_bytes());
        if says("BEGIN ENCRYPTED PRIVATE KEY") || says("Proc-Type: 4,ENCRYPTED") {
            return Err(KeyError::Encrypted);
        }
        match <(SectionKind, Vec<u8>)>::from_pem_slice(pem) {
            Ok((SectionKind::PrivateKey, der)) => Self::from_pkcs8_der(&der),
            Ok((SectionKind::RsaPrivateKey, der)) => Self::from_pkcs1_der(&der),
            Ok((SectionKind::EcPrivateKey, _)) => Err(KeyError::NotRsa),
            Ok((SectionKind::PublicKey, _)) => Err(KeyError::PublicKey),
            Ok((SectionKind::Certificate, _)) => Err(KeyError::Certificate),
            Ok(_) => Err(KeyError::NotPem),
            Err(rustls_pki_types::pem::Error::NoItemsFound) => Err(KeyError::NotPem),
            Err(_) => Err(KeyError::Unreadable),
        }
    }

    /// Reads a key from DER, PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn from_der(der: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        match PrivateKeyDer::try_from(der.as_ref()) {
            Ok(PrivateKeyDer::Pkcs8(key)) => Self::from_pkcs8_der(key.secret_pkcs8_der()),
            Ok(PrivateKeyDer::Pkcs1(key)) => Self::from_pkcs1_der(key.secret_pkcs1_der()),
            Ok(PrivateKeyDer::Sec1(_)) => Err(KeyError::NotRsa),
            _ => Err(KeyError::Unreadable),
        }
    }

    fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        KeyPair::from_pkcs8(der).map_err(|why| rejected(&why)).and_then(Self::new)
    }

    fn from_pkcs1_der(der: &[u8]) -> Result<Self, KeyError> {
        KeyPair::from_der(der).map_err(|why| rejected(&why)).and_then(Self::new)
    }

    fn new(pair: KeyPair) -> Result<Self, KeyError> {
        // aws-lc refuses smaller keys itself today; what Unico's RS256 needs is not its business.
        if pair.public_modulus_len() < 256 { Err(KeyError::TooSmall) } else { Ok(Self(Arc::new(pair))) }
    }
}

fn rejected(why: &aws_lc_rs::error::KeyRejected) -> KeyError {
    match why.to_string().as_str() {
        "TooSmall" => KeyError::TooSmall,
        "WrongAlgorithm" => KeyError::NotRsa,
        _ => KeyError::Unreadable,
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaKey")
    }
}

#[async_trait]
impl Sign for RsaKey {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        // A millisecond or two, a few times an hour: not worth a thread of its own.
        let signed = self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map_err(|_| SignError::new("the private key could not sign"))?;
        Ok(signature)
    }
}
