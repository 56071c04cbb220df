//! The vendor's own word for what an object is.

use idhooks_core::open_enum;

open_enum! {
    /// The member `object`, by which the vendor says what an object is (documented).
    ///
    /// Only informative: what an event is about follows from its type.
    pub enum ObjectType {
        /// The envelope of a delivery.
        Webhook = "webhook",
        /// The event in it.
        Event = "event",
        /// A document.
        Document = "document",
        /// A signature.
        Signature = "signature",
    }
}
