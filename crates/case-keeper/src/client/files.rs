//! The files behind links.

use std::{error, fmt, time::SystemTime};

use idhooks_client::{Download, Error};

use crate::{Client, FoundLink, LinkState, PresignedLink, VerificationId};

/// The store that the vendor's links point to (observed in public recordings, 2024-04).
pub(super) const STORE: &str = "*.s3.ap-southeast-1.amazonaws.com";

#[cfg_attr(
    docsrs,
    doc(cfg(any(feature = "client-rustls", feature = "client-rustls-no-provider", feature = "client-native-tls")))
)]
impl Client {
    /// Downloads the file behind a link, by `https` from the vendor's store (`*.s3.ap-southeast-1.amazonaws.com`) and
    /// from [extra hosts](super::ClientBuilder::extra_download_host), without your token. Never retries.
    ///
    /// **Only a link that you read yourself**, by [`Client::links`] or [`Client::fresh_link`]: anyone can rent a bucket
    /// in that store, so a link from a webhook may point to anyone's file.
    ///
    /// ```no_run
    /// # use idhooks_case_keeper::{Client, VerificationId};
    /// # async fn face(client: &Client, id: &VerificationId) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(link) = client.fresh_link(id, "faceImageUrl").await? {
    ///     std::fs::write("face.jpg", client.download(&link).await?.body())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](idhooks_client::ErrorKind::InvalidRequest) if the link is rejected. Otherwise as
    /// any call. Status 403 most often means that its five minutes are over.
    pub async fn download(&self, link: &PresignedLink) -> Result<Download, Error> {
        self.downloader.download(link.as_str()).await
    }

    /// Downloads the file behind a link, and reads the verification again for a new link if this one has expired.
    ///
    /// ```no_run
    /// # use idhooks_case_keeper::{Client, VerificationId};
    /// # async fn all(client: &Client, id: &VerificationId) -> Result<(), Box<dyn std::error::Error>> {
    /// for found in client.links(id).await? {
    ///     println!("{}: {:?}", found.path, client.download_or_refresh(id, &found).await?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the verification cannot be read again, it no longer has a link at that place, or the download fails.
    pub async fn download_or_refresh(&self, id: &VerificationId, found: &FoundLink) -> Result<Download, FileError> {
        if found.link.state_at(SystemTime::now()) != LinkState::Expired {
            match self.download(&found.link).await {
                Err(error) if is_expired(&error) => {}
                other => return other.map_err(FileError::Download),
            }
        }
        let fresh = self.fresh_link(id, &found.path).await.map_err(FileError::Read)?;
        self.download(&fresh.ok_or(FileError::NoLink)?).await.map_err(FileError::Download)
    }
}

/// The store responds with 403 to an expired link, and with 400 after the session that signed it.
fn is_expired(error: &Error) -> bool {
    error.status().is_some_and(|status| matches!(status.as_u16(), 400 | 403))
}

/// Why [`Client::download_or_refresh`] failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[cfg_attr(
    docsrs,
    doc(cfg(any(feature = "client-rustls", feature = "client-rustls-no-provider", feature = "client-native-tls")))
)]
pub enum FileError {
    /// Reading the verification again failed.
    Read(Error),
    /// The verification no longer has a link at that place.
    NoLink,
    /// The download failed.
    Download(Error),
}

impl FileError {
    /// Returns whether the same call may succeed later.
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
            Self::Read(_) => "reading the verification for a new link failed",
            Self::NoLink => "the verification no longer has a link at that place",
            Self::Download(_) => "downloading the file failed",
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
