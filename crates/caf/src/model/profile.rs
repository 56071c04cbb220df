//! Profiles of people and companies.

use idhooks_core::{Pii, Timestamp, open_enum, record, text_id};

use super::transaction::TenantId;

text_id! {
    /// Caf's id of a profile.
    pub struct ProfileId;
}

open_enum! {
    /// What a profile describes (documented).
    pub enum ProfileType {
        /// A person, *pessoa física*.
        Person = "PF",
        /// A company, *pessoa jurídica*.
        Company = "PJ",
    }
}

open_enum! {
    /// State of a profile. The list is the older API's (documented there); the sample shows `APPROVED`.
    pub enum ProfileStatus {
        /// Approved.
        Approved = "APPROVED",
        /// Reproved.
        Reproved = "REPROVED",
        /// Waiting for a decision.
        Pending = "PENDING",
        /// Being worked on.
        Processing = "PROCESSING",
        /// Waiting for documents of the person.
        WaitingDocuments = "WAITING_DOCUMENTS",
    }
}

record! {
    /// A profile changed.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
    #[serde(rename_all = "camelCase")]
    pub struct Profile {
        required {
            /// Caf's id of the profile.
            pub profile_id: ProfileId,
        }
        optional {
            /// Your account at Caf.
            pub tenant_id: TenantId,
            /// Person or company.
            #[serde(rename = "type")]
            pub profile_type: ProfileType,
            /// State now.
            pub status: ProfileStatus,
            /// When it changed.
            pub updated_at: Timestamp,
            /// The person's tax number: bare digits in the sample, no check digits verified here.
            /// Absent for a company.
            pub cpf: Pii<Box<str>>,
            /// The company's tax number. May hold letters since July 2026. Absent for a person.
            pub cnpj: Pii<Box<str>>,
        }
    }
}
