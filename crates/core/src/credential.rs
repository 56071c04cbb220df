//! Credentials: what a vendor presents that signs nothing.

use std::{fmt, sync::Arc};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ctutils::CtEq as _;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    AuthMethod, Expected, Headers, SecretError, VerifyError,
    headers::{LONGEST, single},
    secret::check_text,
};

/// Senders differ in whether they pad, so both are read.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A shared credential: a password, an API key, or a secret part of the URL's path.
///
/// It proves that the sender knows the credential, and says nothing about the body: whoever has
/// seen one delivery can send any other. Compared in constant time, whatever its length. `Debug`
/// shows the form and the label only.
///
/// ```
/// use idhooks_core::Credential;
///
/// let basic = Credential::basic("vendor", "a long password")?;
/// assert_eq!(basic.header().map(|(name, _)| name), Some("authorization"));
///
/// // As it is given to the vendor: `header:value`, or a bare value sent as `Authorization`.
/// let key = Credential::api_key("X-API-Key:a long key")?;
/// assert_eq!(key.header(), Some(("x-api-key", "a long key")));
///
/// let from_parts = Credential::in_header("X-API-Key", "a long key")?;
/// assert_eq!(from_parts.header(), key.header());
/// let from_pair = Credential::basic_pair("vendor:a long password")?;
/// assert_eq!(from_pair.header(), basic.header());
/// # Ok::<(), idhooks_core::SecretError>(())
/// ```
#[derive(Clone)]
pub struct Credential {
    form: Form,
    /// The header's value as it is sent, or the part of the path.
    sent: Arc<Zeroizing<String>>,
    /// SHA-256 of each accepted form, so that the comparison takes the same time for every input.
    digests: Digests,
    label: Option<Arc<str>>,
}

/// The digest of the text as UTF-8, and as ISO-8859-1.
type Digests = [[u8; 32]; 2];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Basic,
    Header(HeaderName),
    Path,
}

impl Credential {
    /// Makes an HTTP Basic credential from its two parts. Senders encode characters outside ASCII as UTF-8 or as
    /// ISO-8859-1; both are accepted.
    ///
    /// # Errors
    /// [`SecretError::NotUserPassword`] for a colon in `user`, else what [`crate::Secret::new`] refuses.
    pub fn basic(user: &str, password: &str) -> Result<Self, SecretError> {
        if user.contains(':') {
            return Err(SecretError::NotUserPassword);
        }
        check_text(password.as_bytes())?;
        let pair = Zeroizing::new(format!("{user}:{password}"));
        check_text(pair.as_bytes())?;
        let sent = format!("Basic {}", BASE64.encode(pair.as_bytes()));
        check_length(&sent)?;
        let latin1 = pair.chars().map(|character| u8::try_from(character).ok()).collect::<Option<Vec<u8>>>();
        let latin1 = Zeroizing::new(latin1.unwrap_or_else(|| pair.as_bytes().to_vec()));
        let (utf8, latin1) = (Sha256::digest(pair.as_bytes()).into(), Sha256::digest(&*latin1).into());
        Ok(Self { form: Form::Basic, sent: Arc::new(Zeroizing::new(sent)), digests: [utf8, latin1], label: None })
    }

    /// Makes an HTTP Basic credential from `user:password`, as it is given to the vendor.
    ///
    /// # Errors
    /// [`SecretError::NotUserPassword`] without a colon, else as [`Self::basic`].
    pub fn basic_pair(pair: &str) -> Result<Self, SecretError> {
        let (user, password) = pair.split_once(':').ok_or(SecretError::NotUserPassword)?;
        Self::basic(user, password)
    }

    /// Makes an API key from either written form: `header:value`, split at the first colon, or a bare
    /// `value`, which is sent as the whole of `Authorization`, without a scheme.
    ///
    /// A bare key that holds a colon is read as the first form.
    ///
    /// # Errors
    /// [`SecretError::NotAHeader`], else what [`crate::Secret::new`] refuses.
    pub fn api_key(text: &str) -> Result<Self, SecretError> {
        match text.split_once(':') {
            Some((name, value)) => Self::in_header(name.trim_ascii(), value.trim_ascii_start()),
            None => Self::in_header(AUTHORIZATION.as_str(), text),
        }
    }

    /// Makes a credential of a secret value under a header of your choice.
    ///
    /// # Errors
    /// [`SecretError::NotAHeader`], else what [`crate::Secret::new`] refuses.
    pub fn in_header(name: &str, value: &str) -> Result<Self, SecretError> {
        check_text(value.as_bytes())?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| SecretError::NotAHeader)?;
        if HeaderValue::from_str(value).is_err() || !value.is_ascii() {
            return Err(SecretError::NotAHeader);
        }
        check_length(value)?;
        Ok(Self::build(Form::Header(name), value.to_owned(), value.as_bytes()))
    }

    /// Makes a credential that is the last part of the URL's path (`https://…/hooks/<secret>`).
    ///
    /// Paths end up in access logs and in the vendor's own panel, so this proves less than a header.
    ///
    /// # Errors
    /// [`SecretError::NotAPathPart`] for a character that cannot stand there as it is, else what [`crate::Secret::new`] refuses.
    pub fn path(part: &str) -> Result<Self, SecretError> {
        check_text(part.as_bytes())?;
        // Others would arrive percent-encoded, and never match.
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
        if !part.bytes().all(fits) {
            return Err(SecretError::NotAPathPart);
        }
        Ok(Self::build(Form::Path, part.to_owned(), part.as_bytes()))
    }

    fn build(form: Form, sent: String, compared: &[u8]) -> Self {
        let digest = Sha256::digest(compared).into();
        Self { form, sent: Arc::new(Zeroizing::new(sent)), digests: [digest; 2], label: None }
    }

    /// Gives the credential a name that [`Authentication`](crate::Authentication) reports when it matched.
    #[must_use]
    pub fn with_label(mut self, label: &str) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Returns the header a sender presents, name and value; `None` for a part of the path.
    /// For tests of your own handler.
    #[must_use]
    pub fn header(&self) -> Option<(&str, &str)> {
        match &self.form {
            Form::Basic => Some((AUTHORIZATION.as_str(), &self.sent)),
            Form::Header(name) => Some((name.as_str(), &self.sent)),
            Form::Path => None,
        }
    }

    pub(crate) fn expected(&self) -> Expected {
        match &self.form {
            Form::Basic => Expected::Header(AUTHORIZATION),
            Form::Header(name) => Expected::Header(name.clone()),
            Form::Path => Expected::Path,
        }
    }

    pub(crate) fn label(&self) -> Option<&Arc<str>> {
        self.label.as_ref()
    }

    /// Compares with what the request presents; says which kind of proof it was.
    pub(crate) fn check<H: Headers + ?Sized>(
        &self,
        headers: &H,
        path: Option<&str>,
    ) -> Result<AuthMethod, VerifyError> {
        match &self.form {
            Form::Basic => {
                let given = after_scheme(single(headers, &AUTHORIZATION)?, b"basic").ok_or(VerifyError::Malformed)?;
                let given = Zeroizing::new(BASE64.decode(given).map_err(|_| VerifyError::Malformed)?);
                self.compare(&given, AuthMethod::Basic)
            }
            Form::Header(name) => self.compare(single(headers, name)?, AuthMethod::ApiKey),
            Form::Path => {
                let last = path.and_then(|path| path.trim_end_matches('/').rsplit('/').next());
                self.compare(last.ok_or(VerifyError::MissingHeader)?.as_bytes(), AuthMethod::Path)
            }
        }
    }

    fn compare(&self, given: &[u8], proof: AuthMethod) -> Result<AuthMethod, VerifyError> {
        let given: [u8; 32] = Sha256::digest(given).into();
        let [utf8, latin1] = &self.digests;
        if (given.ct_eq(utf8) | given.ct_eq(latin1)).to_bool() { Ok(proof) } else { Err(VerifyError::Mismatch) }
    }
}

/// A receiver reads no longer header, so a longer credential would never match.
fn check_length(sent: &str) -> Result<(), SecretError> {
    if sent.len() > LONGEST { Err(SecretError::TooLong) } else { Ok(()) }
}

/// What follows an authentication scheme, whose name has no case.
pub(crate) fn after_scheme<'a>(value: &'a [u8], scheme: &[u8]) -> Option<&'a [u8]> {
    let (name, rest) = value.split_at_checked(scheme.len())?;
    let separated = rest.first() == Some(&b' ');
    (separated && name.eq_ignore_ascii_case(scheme)).then(|| rest.trim_ascii())
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match &self.form {
            Form::Basic => "basic",
            // Not its name: a bare key that holds a colon would show its first half.
            Form::Header(_) => "header",
            Form::Path => "path",
        };
        match &self.label {
            Some(label) => write!(f, "Credential({form}, {label:?})"),
            None => write!(f, "Credential({form})"),
        }
    }
}
