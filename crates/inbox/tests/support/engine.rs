//! Empty stores, each for one test.

use std::any::Any;

use idhooks_inbox::{Inbox, InboxBuilder};
use tempfile::TempDir;

/// An empty store that is removed when this is dropped.
pub(crate) struct Engine {
    pub(crate) url: String,
    _kept: Box<dyn Any + Send + Sync>,
}

/// Creates a folder on the disk of the build, because `/tmp` may be in memory and the inbox refuses that.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

impl Engine {
    pub(crate) fn sqlite() -> Self {
        let folder = folder();
        let url = format!("sqlite:{}", folder.path().join("inbox.db").display());
        Self { url, _kept: Box::new(folder) }
    }

    /// Returns `None` if there is no server to test against.
    #[cfg(feature = "postgres")]
    pub(crate) async fn postgres() -> Option<Self> {
        let database = super::postgres::database().await?;
        Some(Self { url: database.url().to_owned(), _kept: Box::new(database) })
    }

    /// Opens the store, as another process would if it is open already.
    pub(crate) async fn open(&self) -> Inbox {
        self.open_with(Inbox::builder()).await
    }

    pub(crate) async fn open_with(&self, builder: InboxBuilder) -> Inbox {
        builder.open(&self.url).await.unwrap()
    }

    /// The path of a SQLite store.
    pub(crate) fn path(&self) -> &str {
        self.url.strip_prefix("sqlite:").unwrap()
    }
}
