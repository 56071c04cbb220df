//! The files behind links.

use std::{error, fmt, time::SystemTime};

use idhooks_client::{Download, DownloadError, Error};

use crate::{Client, FoundLink, LinkState, PresignedLink, VerificationId};

/// The store the vendor's links lead to (observed in public recordings, 2024-04).
pub(super) const STORE: &str = "*.s3.ap-southeast-1.amazonaws.com";

#[cfg_attr(
    docsrs,
    doc(cfg(any(feature = "client-rustls", feature = "client-rustls-no-provider", feature = "client-native-tls")))
)]
impl Client {
    /// Fetches the file behind a link: by `https`, from the vendor's store
    /// (`*.s3.ap-southeast-1.amazonaws.com`), up to 32 MiB, without a redirect and without your token.
    ///
    /// **Only a link you read yourself**, by [`Client::links`] or [`Client::fresh_link`]: anyone can rent a
    /// bucket in that store, so a link from a webhook may lead to anyone's file.
    ///
    /// # Errors
    /// When the link may not be followed, or the file did not come; status 403 most often means that its five
    /// minutes are over. Nothing is repeated.
    pub async fn download(&self, link: &PresignedLink) -> Result<Download, DownloadError> {
        self.downloads.get(link.as_str()).await
    }

    /// As [`Client::download`], but reads the verification again if the link is over, or the store says so.
    ///
    /// # Errors
    /// When reading again failed, there is no link at that place any more, or the file did not come.
    pub async fn download_or_refresh(&self, id: &VerificationId, found: &FoundLink) -> Result<Download, FileError> {
        if found.link.state_at(SystemTime::now()) != LinkState::Expired {
            match self.download(&found.link).await {
                Err(error) if is_over(&error) => {}
                other => return other.map_err(FileError::Download),
            }
        }
        let fresh = self.fresh_link(id, &found.path).await.map_err(FileError::Read)?;
        self.download(&fresh.ok_or(FileError::NoLink)?).await.map_err(FileError::Download)
    }
}

/// The store says 403 of a link that is over, and 400 if the session it was signed in is.
fn is_over(error: &DownloadError) -> bool {
    matches!(error.status(), Some(400 | 403))
}

/// Why [`Client::download_or_refresh`] gave no file.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[cfg_attr(
    docsrs,
    doc(cfg(any(feature = "client-rustls", feature = "client-rustls-no-provider", feature = "client-native-tls")))
)]
pub enum FileError {
    /// The verification could not be read again.
    Read(Error),
    /// It has no link at that place any more.
    NoLink,
    /// The file did not come.
    Download(DownloadError),
}

impl FileError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Read(error) => error.is_transient(),
            Self::NoLink => false,
            Self::Download(error) => error.is_transient(),
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read(_) => "the verification could not be read for a new link",
            Self::NoLink => "the verification has no link at that place any more",
            Self::Download(_) => "the file could not be fetched",
        })
    }
}

impl error::Error for FileError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Read(error) => Some(error),
            Self::NoLink => None,
            Self::Download(error) => Some(error),
        }
    }
}
