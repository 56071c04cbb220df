//! What the REST calls take and answer.
//!
//! Ids are required, everything else is optional: absent, `null` and of another type than documented all read as
//! `None`. All enums are open.

mod kyb;
mod kyc;
mod notification;
mod notification_filter;
mod payment;
mod sort_order;
mod transaction;
mod transaction_filter;
mod webhook_settings;

pub use kyb::{BeneficialOwner, BusinessInfo, KybDetails, KybStatus};
pub use kyc::{
    AipriseSummary, AmlInfo, CheckResult, CheckSection, CheckStatus, ClientReferenceData, FaceMatchInfo, IdInfo,
    KycDetails, KycMedia, KycVerdict, PersonalInfo, VerificationSessionId,
};
pub use notification::{NotificationId, NotificationStatus, WebhookNotification, WebhookNotificationSummary};
pub use notification_filter::NotificationFilter;
pub use payment::{BankAccount, Invoice, TransactionHash};
pub use sort_order::SortOrder;
pub use transaction::{Transaction, TransactionStatus, TransactionType, UserId};
pub use transaction_filter::TransactionFilter;
pub use webhook_settings::{PartnerId, WebhookSettings, WebhookSettingsId};
