//! Documents that were read by OCR.

use idhooks_core::{Lenient, List, RawJson, open_enum, payload};

open_enum! {
    /// The kind of document. Passports are among the
    /// [documented](https://devcenter.unico.io/unico-idcloud/by-unico-integration/by-unico-api/api-reference/get-process)
    /// kinds too, without their spelling.
    pub enum DocumentCode {
        /// Driving licence.
        Cnh = "CNH",
        /// Identity card of a state.
        Rg = "RG",
        /// National identity card.
        Cin = "CIN",
        /// Not recognised.
        Unrecognised = "UNKNOWN",
    }
}

payload! {
    /// A document that was read.
    ///
    /// Source: [documented](https://developers.unico.io/en/docs/orquestrador/integracao/api-guides/get-process/get-process-IDdocsign)
    /// on the oldest portal.
    pub struct Document {
        /// The kind of document.
        pub code: Lenient<DocumentCode> = "code",
        /// Version of what stands in `data`.
        pub version: Lenient<i64> = "version",
        /// The fields read from the document, as sent. A field that could not be read is left out. Names differ
        /// from page to page (`dataExpiracao`, `data_expiracao`), and a date may be impossible
        /// (`2025-10-35T00:00:00Z` in the vendor's own example), so nothing here is typed.
        /// [`RawJson::decode`] reads it into a map or a type of your own.
        pub data: Lenient<RawJson> = "data",
    }
}

payload! {
    struct Services {
        docs: Lenient<Documents> = "docs",
        documents: Lenient<List<Entry>> = "documents",
    }
}

payload! {
    struct Documents {
        documents: Lenient<List<Entry>> = "documents",
    }
}

payload! {
    struct Entry {
        doc: Lenient<Document> = "doc",
    }
}

pub(super) fn of(services: &RawJson) -> Vec<Document> {
    let Ok(services) = services.decode::<Services>() else { return Vec::new() };
    let nested = services.docs.into_option().and_then(|docs| docs.documents.into_option());
    let entries = nested.or_else(|| services.documents.into_option()).unwrap_or_default();
    entries.into_iter().filter_map(|entry| Lenient::into_option(entry.doc)).collect()
}
