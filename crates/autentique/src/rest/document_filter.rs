//! Which documents to list.

use idhooks_core::{Pii, open_enum};
use serde::Serialize;

use crate::{ActorId, FolderId, GroupId, OrganizationId};

open_enum! {
    /// How far documents are, to list only those. What exactly each one holds is not documented.
    ///
    /// Source: observed in public code, 2026-09.
    pub enum DocumentStatus {
        /// Somebody is still to sign.
        Pending = "PENDING",
        /// Everyone signed.
        Signed = "SIGNED",
        /// Not signed.
        NotSigned = "NOT_SIGNED",
        /// Deleted.
        Deleted = "DELETED",
        /// Declined.
        Rejected = "REJECTED",
    }
}

open_enum! {
    /// Whose documents to list.
    ///
    /// Source: observed in public code, 2026-09.
    pub enum Context {
        /// Those of the key's owner; the vendor's default.
        User = "USER",
        /// Those of the organisation.
        Organization = "ORGANIZATION",
        /// Those of a group.
        Group = "GROUP",
    }
}

open_enum! {
    /// In which direction to sort.
    ///
    /// Source: observed in public code, 2026-09.
    pub enum Direction {
        /// Smallest or oldest first.
        Ascending = "ASC",
        /// Largest or newest first.
        Descending = "DESC",
    }
}

/// How to sort documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OrderBy {
    /// The member to sort by (`created_at`). Which members can be sorted by is not documented.
    pub field: Box<str>,
    /// In which direction.
    pub direction: Direction,
}

/// Which documents to list: all that are not in the sandbox, if nothing is set.
///
/// Every document that comes back is billed, so a small [`limit`](Self::limit) saves money where you stop early.
///
/// ```
/// use idhooks_autentique::rest::{Context, Direction, DocumentFilter, DocumentStatus};
///
/// let open = DocumentFilter::new()
///     .status(DocumentStatus::Pending)
///     .limit(20)
///     .order_by("created_at", Direction::Descending);
/// # assert_eq!(open.limit, 20);
///
/// let archive = DocumentFilter::new()
///     .context(Context::Group)
///     .group_uuid(&"g-1".into())
///     .folder_id(&"f-1".into())
///     .member_id(&"m-1".into())
///     .name("Contract")
///     .signer("ana@example.com")
///     .search("lease")
///     .start_date("2030-01-01")
///     .end_date("2030-12-31")
///     .include_archived(true)
///     .include_deleted(true)
///     .page(2);
/// # assert_eq!(archive.page, 2);
///
/// let trial = DocumentFilter::new().only_sandbox(true);
/// let both = DocumentFilter::new().show_sandbox(true);
/// # assert_ne!(trial, both);
/// ```
///
/// Source: [documented](https://docs.autentique.com.br/api/queries/resgatando-documentos); names of the arguments as
/// observed in public code, 2026-09.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DocumentFilter {
    /// How many on a page: 60 unless set, which is the vendor's default. The most is not documented.
    pub limit: u32,
    /// The first page to read, from 1.
    pub page: u64,
    /// Documents of this status only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<DocumentStatus>,
    /// Those of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Pii<Box<str>>>,
    /// Those with this signer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<Pii<Box<str>>>,
    /// Those that fit this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<Pii<Box<str>>>,
    /// Those made since then. The form of the text is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<Box<str>>,
    /// Those made until then. The form of the text is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<Box<str>>,
    /// Deleted ones as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_deleted: Option<bool>,
    /// Archived ones as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_archived: Option<bool>,
    /// How they are sorted.
    #[serde(rename = "orderBy", skip_serializing_if = "Option::is_none")]
    pub order_by: Option<OrderBy>,
    /// Those of the sandbox as well.
    #[serde(rename = "showSandbox", skip_serializing_if = "Option::is_none")]
    pub show_sandbox: Option<bool>,
    /// Those of the sandbox alone.
    #[serde(rename = "onlySandbox", skip_serializing_if = "Option::is_none")]
    pub only_sandbox: Option<bool>,
    /// Whose documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// Those in this folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder_id: Option<FolderId>,
    /// Those of this group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_uuid: Option<GroupId>,
    /// Those of this member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_id: Option<ActorId>,
    /// Those of this organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
}

impl Default for DocumentFilter {
    fn default() -> Self {
        Self {
            limit: Self::LIMIT,
            page: 1,
            status: None,
            name: None,
            signer: None,
            search: None,
            start_date: None,
            end_date: None,
            include_deleted: None,
            include_archived: None,
            order_by: None,
            show_sandbox: None,
            only_sandbox: None,
            context: None,
            folder_id: None,
            group_uuid: None,
            member_id: None,
            organization_id: None,
        }
    }
}

impl DocumentFilter {
    /// Documents on a page, unless you say otherwise: the vendor's default.
    pub const LIMIT: u32 = 60;

    /// All that are not in the sandbox.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many on a page.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self { limit, ..self }
    }

    /// The first page to read, from 1: to go on where you stopped, without paying for the pages before it again.
    #[must_use]
    pub fn page(self, page: u64) -> Self {
        Self { page, ..self }
    }

    /// Documents of this status only.
    #[must_use]
    pub fn status(self, status: DocumentStatus) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Those of this name. Whether it must be the whole name is not documented.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        Self { name: Some(Pii::from(Box::from(name))), ..self }
    }

    /// Those with this signer. Whether a name or an address is asked for is not documented.
    #[must_use]
    pub fn signer(self, signer: &str) -> Self {
        Self { signer: Some(Pii::from(Box::from(signer))), ..self }
    }

    /// Those that fit this text. Where it is looked for is not documented.
    #[must_use]
    pub fn search(self, text: &str) -> Self {
        Self { search: Some(Pii::from(Box::from(text))), ..self }
    }

    /// Those made since then. The form of the text is not documented.
    #[must_use]
    pub fn start_date(self, date: &str) -> Self {
        Self { start_date: Some(date.into()), ..self }
    }

    /// Those made until then. The form of the text is not documented.
    #[must_use]
    pub fn end_date(self, date: &str) -> Self {
        Self { end_date: Some(date.into()), ..self }
    }

    /// Whether deleted ones are listed as well.
    #[must_use]
    pub fn include_deleted(self, include: bool) -> Self {
        Self { include_deleted: Some(include), ..self }
    }

    /// Whether archived ones are listed as well.
    #[must_use]
    pub fn include_archived(self, include: bool) -> Self {
        Self { include_archived: Some(include), ..self }
    }

    /// By which member to sort, in which direction. Which members can be sorted by is not documented.
    #[must_use]
    pub fn order_by(self, field: &str, direction: Direction) -> Self {
        Self { order_by: Some(OrderBy { field: field.into(), direction }), ..self }
    }

    /// Whether documents of the sandbox are listed as well
    /// ([documented](https://docs.autentique.com.br/api/integration-basics/sandbox-testes)).
    #[must_use]
    pub fn show_sandbox(self, show: bool) -> Self {
        Self { show_sandbox: Some(show), ..self }
    }

    /// Whether documents of the sandbox alone are listed
    /// ([documented](https://docs.autentique.com.br/api/integration-basics/sandbox-testes)).
    #[must_use]
    pub fn only_sandbox(self, only: bool) -> Self {
        Self { only_sandbox: Some(only), ..self }
    }

    /// Whose documents: those of the key's owner, unless set.
    #[must_use]
    pub fn context(self, context: Context) -> Self {
        Self { context: Some(context), ..self }
    }

    /// Those in this folder.
    #[must_use]
    pub fn folder_id(self, id: &FolderId) -> Self {
        Self { folder_id: Some(id.clone()), ..self }
    }

    /// Those of this group.
    #[must_use]
    pub fn group_uuid(self, id: &GroupId) -> Self {
        Self { group_uuid: Some(id.clone()), ..self }
    }

    /// Those of this member.
    #[must_use]
    pub fn member_id(self, id: &ActorId) -> Self {
        Self { member_id: Some(id.clone()), ..self }
    }

    /// Those of this organisation.
    #[must_use]
    pub fn organization_id(self, id: OrganizationId) -> Self {
        Self { organization_id: Some(id), ..self }
    }
}
