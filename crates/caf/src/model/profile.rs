//! Profiles of people and companies.

use idhooks_core::{Lenient, Pii, Timestamp, open_enum, payload, text_id};

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

payload! {
    /// A profile changed.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
    pub struct Profile {
        /// Caf's id of the profile.
        pub profile_id: ProfileId = "profileId",
        /// Your account at Caf.
        pub tenant_id: Lenient<TenantId> = "tenantId",
        /// Person or company.
        pub profile_type: Lenient<ProfileType> = "type",
        /// State now.
        pub status: Lenient<ProfileStatus> = "status",
        /// When it changed.
        pub updated_at: Lenient<Timestamp> = "updatedAt",
        /// The person's tax number: bare digits in the sample, no check digits verified here.
        /// Absent for a company.
        pub cpf: Lenient<Pii<Box<str>>> = "cpf",
        /// The company's tax number. May hold letters since July 2026. Absent for a person.
        pub cnpj: Lenient<Pii<Box<str>>> = "cnpj",
    }
}
