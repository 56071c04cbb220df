//! Who is to sign a document, as the API says it.

use idhooks_core::{Pii, Timestamp, open_enum, record};

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

record! {
    /// What somebody is asked to do, in the object the API puts around it.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/mutations/adding-a-signer).
    pub struct Action {
        required {}
        optional {
            /// What.
            pub name: ActionName,
        }
    }
}

record! {
    /// Somebody who is to sign a document, and how far they are.
    ///
    /// An [`Event`] is `None` until it happens.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/resgatando-documentos); where a field was only
    /// observed in public code (2026-09), it says so.
    pub struct Signature {
        required {
            /// Autentique's id of the signature, without dashes in the samples; compare it by
            /// [`same_as`](SignatureId::same_as).
            pub public_id: SignatureId,
        }
        optional {
            /// The name they were asked under; null if only an address was given.
            pub name: Pii<Box<str>>,
            /// E-mail address; null if they are asked in another way.
            pub email: Pii<Box<str>>,
            /// How they are asked.
            pub delivery_method: DeliveryMethod,
            /// What they are asked to do; null in the author's own row.
            pub action: Action,
            /// Where they sign, if there is a link; see
            /// [`Client::create_link_to_signature`](crate::Client::create_link_to_signature).
            pub link: Box<Link>,
            /// Their account, if they have one.
            pub user: Box<Account>,
            /// What became of the e-mail to them. Its times have no zone, and in webhooks they were not UTC.
            pub email_events: Box<Mail>,
            /// They opened the document for the first time.
            pub viewed: Box<Event>,
            /// They signed.
            pub signed: Box<Event>,
            /// They declined; `reason` says why.
            pub rejected: Box<Event>,
            /// They signed, and the identity check waits for a decision (observed).
            pub signed_unapproved: Box<Event>,
            /// The identity check was passed (observed).
            pub biometric_approved: Box<Event>,
            /// The identity check was refused (observed).
            pub biometric_rejected: Box<Event>,
            /// The identity check was refused without the author's word (observed; the meaning is inferred). No
            /// webhook says so.
            pub biometric_auto_rejected: Box<Event>,
            /// The identity check was refused, a new one was asked for (observed).
            pub biometric_reset: Box<Event>,
            /// When they were asked.
            pub created_at: Timestamp,
            /// When the row last changed (observed).
            pub updated_at: Timestamp,
            /// When it was archived (observed).
            pub archived_at: Timestamp,
        }
    }
}

impl Signature {
    /// Whether they are asked to do something. False for the author's own row, which was seen in a webhook (November
    /// 2025) although nobody asked the author to sign.
    #[must_use]
    pub fn is_signer(&self) -> bool {
        !self.action.is_absent()
    }
}
