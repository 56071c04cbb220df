//! What the calls of Autentique's GraphQL API take and answer.
//!
//! The API says the same things as the webhooks in other shapes (a time is an object there, an action too), so a
//! document has a type of its own here. Ids are shared: a [`DocumentId`](crate::DocumentId) of a webhook is one of the
//! API, and [`SignatureId::same_as`](crate::SignatureId::same_as) sees past the dashes.
//!
//! A query asks for exactly the members these types have. What identifies a thing is required, everything else is
//! optional: absent, `null` and of another type than documented all read as `None`. All enums are open.

mod account;
mod document;
mod document_filter;
mod endpoint;
mod error_code;
mod error_item;
mod event;
mod link;
mod new_endpoint;
mod signature;

pub use account::{Account, Organization, Subscription};
pub use document::Document;
pub use document_filter::{Context, Direction, DocumentFilter, DocumentStatus, OrderBy};
pub use endpoint::{CreatedEndpoint, EndpointEvent, EndpointId, EndpointKind, EndpointSecret, WebhookEndpoint};
pub use error_code::ErrorCode;
pub use error_item::{ErrorCategory, ErrorDetails, ErrorItem, Violation};
pub use event::Event;
pub use link::{Link, LinkId};
pub use new_endpoint::{EndpointFormat, NewEndpoint};
pub use signature::{Action, ActionName, DeliveryMethod, Signature};

pub(crate) use error_item::errors_in;
