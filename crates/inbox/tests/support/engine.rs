//! Stores to test: empty, and of their test alone.

use std::any::Any;

use idhooks_inbox::{Inbox, InboxBuilder};

/// An empty store; it goes when this is dropped.
pub(crate) struct Engine {
    pub(crate) url: String,
    _kept: Box<dyn Any + Send + Sync>,
}

impl Engine {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("inbox.db").display());
        Self { url, _kept: Box::new(folder) }
    }

    /// None where no server is to be tested against.
    #[cfg(feature = "postgres")]
    pub(crate) async fn postgres() -> Option<Self> {
        let database = super::postgres::database().await?;
        Some(Self { url: database.url().to_owned(), _kept: Box::new(database) })
    }

    /// The first time empty, then as another process sees it.
    pub(crate) async fn open(&self) -> Inbox {
        self.open_with(Inbox::builder()).await
    }

    pub(crate) async fn open_with(&self, builder: InboxBuilder) -> Inbox {
        builder.open(&self.url).await.unwrap()
    }
}
