//! Who is to sign a document, as the API says it.

use idhooks_core::{Lenient, Pii, Timestamp, open_enum, payload};

use super::{account::Account, event::Event, link::Link};
use crate::{Mail, SignatureId};

open_enum! {
    /// What somebody is asked to do.
    ///
    /// Source: observed in public code, 2026-09. Webhooks have other words: `Sign`.
    pub enum ActionName {
        /// To sign.
        Sign = "SIGN",
        /// To approve.
        Approve = "APPROVE",
        /// To recognise.
        Recognize = "RECOGNIZE",
        /// To sign as a party; deprecated by the vendor.
        SignAsPart = "SIGN_AS_PART",
        /// To sign as a witness.
        SignAsAWitness = "SIGN_AS_A_WITNESS",
        /// To sign as an intervening party; deprecated by the vendor.
        SignAsIntervener = "SIGN_AS_INTERVENER",
        /// To acknowledge receipt.
        AcknowledgeReceipt = "ACKNOWLEDGE_RECEIPT",
        /// To endorse to a named person.
        EndorseInBlack = "ENDORSE_IN_BLACK",
        /// To endorse to the bearer.
        EndorseInWhite = "ENDORSE_IN_WHITE",
    }
}

open_enum! {
    /// How somebody is asked.
    ///
    /// Source: `DELIVERY_METHOD_EMAIL` is
    /// [documented](https://docs.autentique.com.br/api/mutations/adding-a-signer), the others were observed in public
    /// code, 2026-09.
    pub enum DeliveryMethod {
        /// By e-mail.
        Email = "DELIVERY_METHOD_EMAIL",
        /// By a link that you deliver yourself.
        Link = "DELIVERY_METHOD_LINK",
        /// By SMS.
        Sms = "DELIVERY_METHOD_SMS",
        /// By WhatsApp.
        Whatsapp = "DELIVERY_METHOD_WHATSAPP",
    }
}

payload! {
    /// What somebody is asked to do, in the object the API puts around it.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/mutations/adding-a-signer).
    pub struct Action {
        /// The action.
        pub name: Lenient<ActionName> = "name",
    }
}

payload! {
    /// Somebody who is to sign a document, and how far they are.
    ///
    /// An [`Event`] is `None` until it happens.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/resgatando-documentos); where a field was only
    /// observed in public code (2026-09), it says so.
    pub struct Signature {
        /// Autentique's id of the signature, without dashes in the samples; compare it by
        /// [`same_as`](SignatureId::same_as).
        pub public_id: SignatureId = "public_id",
        /// The name they were asked under; null if only an address was given.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// E-mail address; null if they are asked in another way.
        pub email: Lenient<Pii<Box<str>>> = "email",
        /// How they are asked.
        pub delivery_method: Lenient<DeliveryMethod> = "delivery_method",
        /// The action they are asked for; null in the author's own row.
        pub action: Lenient<Action> = "action",
        /// Where they sign, if there is a link; see
        /// [`Client::create_link_to_signature`](crate::Client::create_link_to_signature).
        pub link: Lenient<Box<Link>> = "link",
        /// Their account, if they have one.
        pub user: Lenient<Box<Account>> = "user",
        /// The progress of the e-mail to them. Its times have no zone, and in webhooks they were not UTC.
        pub email_events: Lenient<Box<Mail>> = "email_events",
        /// They opened the document for the first time.
        pub viewed: Lenient<Box<Event>> = "viewed",
        /// They signed.
        pub signed: Lenient<Box<Event>> = "signed",
        /// They declined; `reason` says why.
        pub rejected: Lenient<Box<Event>> = "rejected",
        /// They signed, and the identity check waits for a decision (observed).
        pub signed_unapproved: Lenient<Box<Event>> = "signed_unapproved",
        /// The identity check was passed (observed).
        pub biometric_approved: Lenient<Box<Event>> = "biometric_approved",
        /// The identity check was refused (observed).
        pub biometric_rejected: Lenient<Box<Event>> = "biometric_rejected",
        /// The identity check was refused without the author's word (observed; the meaning is inferred). No
        /// webhook says so.
        pub biometric_auto_rejected: Lenient<Box<Event>> = "biometric_auto_rejected",
        /// The identity check was refused, a new one was asked for (observed).
        pub biometric_reset: Lenient<Box<Event>> = "biometric_reset",
        /// When they were asked.
        pub created_at: Lenient<Timestamp> = "created_at",
        /// When the row last changed (observed).
        pub updated_at: Lenient<Timestamp> = "updated_at",
        /// When it was archived (observed).
        pub archived_at: Lenient<Timestamp> = "archived_at",
    }
}

impl Signature {
    /// Returns whether they are asked to do something. False for the author's own row, which was seen in a webhook
    /// (November 2025) although nobody asked the author to sign.
    #[must_use]
    pub fn is_signer(&self) -> bool {
        !self.action.is_absent()
    }
}
