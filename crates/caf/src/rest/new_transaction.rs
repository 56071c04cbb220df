//! What a new transaction is made of.

use idhooks_core::{Lenient, List, Pii, RawJson, open_enum, payload};
use serde_json::Value;

use crate::TemplateId;

open_enum! {
    /// What a file shows.
    pub enum FileType {
        /// The person's face; the one type documented.
        Selfie = "SELFIE",
        /// Front of a document (observed in public code, July 2026).
        Front = "FRONT",
        /// Back of a document (observed in public code, July 2026).
        Back = "BACK",
        /// A whole document (observed in public code, July 2026).
        Document = "DOCUMENT",
    }
}

payload! {
    /// One file of a new transaction.
    pub struct TransactionFile {
        /// The name by which Caf finds the file. The page shows only that it is a string; public code gives the name that an
        /// upload to `/v1/transactions/files` answered (observed July 2026).
        pub data: Pii<Box<str>> = "data",
        /// The content of the file.
        pub file_type: FileType = "type",
    }
}

payload! {
    /// A transaction to be created: one run of a query template over one person or company. What has not been set is
    /// left out.
    ///
    /// ```
    /// use idhooks_caf::rest::{Attributes, FileType, NewTransaction};
    ///
    /// let new = NewTransaction::new("6021a21b3811c35ecb8dea20")
    ///     .attributes(Attributes::new().cpf("00011122233").name("Joana Exemplo"))
    ///     .file(FileType::Selfie, "selfie.jpg")
    ///     .callback_url("https://hooks.example.com/caf")
    ///     .reference_token("r-17")
    ///     .metadata(serde_json::json!({ "order": 17 }));
    ///
    /// assert!(!format!("{new:?}").contains("Joana"));
    /// ```
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/available-resources/transaction).
    pub struct NewTransaction {
        /// The query template to run: the page's sample says nothing of its form, other ids have 24 hex digits.
        pub template_id: TemplateId = "templateId",
        /// Pictures the template asks for.
        pub files: Lenient<List<TransactionFile>> = "files",
        /// The known data of the person or company.
        pub attributes: Lenient<Attributes> = "attributes",
        /// Anything of yours, to be kept with the transaction. Hidden, because nothing keeps it impersonal.
        pub metadata: Lenient<RawJson> = "metadata",
        /// Listed without a word on its use. Hidden, because it is called a token.
        pub reference_token: Lenient<Pii<Box<str>>> = "referenceToken",
        /// Where to post this transaction's events, `_callbackUrl`. Hidden, because such addresses carry secrets.
        ///
        /// Whether the bodies that come there are Connect's, and signed, is not said: see
        /// [`Generation::of`](crate::Generation::of).
        pub callback_url: Lenient<Pii<Box<str>>> = "_callbackUrl",
    }
}

impl NewTransaction {
    /// Runs that template.
    #[must_use]
    pub fn new(template: impl Into<TemplateId>) -> Self {
        Self {
            template_id: template.into(),
            files: Default::default(),
            attributes: Default::default(),
            metadata: Default::default(),
            reference_token: Default::default(),
            callback_url: Default::default(),
        }
    }

    /// Adds a file; see [`TransactionFile::data`] for what `data` may be.
    #[must_use]
    pub fn file(mut self, file_type: FileType, data: &str) -> Self {
        let mut files = self.files.into_option().unwrap_or_default().into_vec();
        files.push(TransactionFile { data: hidden(data), file_type });
        self.files = List::from(files).into();
        self
    }

    /// Sets the known data of the person or company.
    #[must_use]
    pub fn attributes(mut self, attributes: Attributes) -> Self {
        self.attributes = attributes.into();
        self
    }

    /// Attaches JSON of yours.
    #[must_use]
    pub fn metadata(mut self, metadata: Value) -> Self {
        self.metadata = RawJson::from(&metadata).into();
        self
    }

    /// Sets `referenceToken`.
    #[must_use]
    pub fn reference_token(mut self, token: &str) -> Self {
        self.reference_token = hidden(token).into();
        self
    }

    /// Sets the URL that Caf posts this transaction's events to.
    #[must_use]
    pub fn callback_url(mut self, url: &str) -> Self {
        self.callback_url = hidden(url).into();
        self
    }
}

/// All attributes are text about a person or company, and set alike.
macro_rules! attributes {
    ($($(#[$meta:meta])* $name:ident = $member:literal, $set:literal;)+) => {
        payload! {
            /// The known data of the person or company. The template defines the formats; nothing is checked here.
            ///
            /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/available-resources/transaction), names
            /// without a word on the forms.
            pub struct Attributes {
                $($(#[$meta])* pub $name: Lenient<Pii<Box<str>>> = $member,)+
            }
        }

        impl Attributes {
            /// Makes empty attributes.
            #[must_use]
            pub fn new() -> Self {
                Self { $($name: Default::default(),)+ }
            }

            $(
                #[doc = $set]
                #[must_use]
                pub fn $name(mut self, text: &str) -> Self {
                    self.$name = hidden(text).into();
                    self
                }
            )+
        }
    };
}

attributes! {
    /// Tax number of a person.
    cpf = "cpf", "Sets the tax number of a person.";
    /// Number of the identity card.
    rg = "rg", "Sets the number of the identity card.";
    /// Full name.
    name = "name", "Sets the full name.";
    /// Birth date. The page does not show its form; answers of the older Core API have `DD/MM/YYYY`.
    birth_date = "birthDate", "Sets the birth date.";
    /// Father's name.
    father_name = "fatherName", "Sets the father's name.";
    /// Mother's name.
    mother_name = "motherName", "Sets the mother's name.";
    /// Federal state.
    uf = "uf", "Sets the federal state.";
    /// Tax number of a company; may hold letters since July 2026.
    cnpj = "cnpj", "Sets the tax number of a company.";
    /// Postal code.
    cep = "cep", "Sets the postal code.";
    /// E-mail address.
    email = "email", "Sets the e-mail address.";
    /// Phone number.
    phone_number = "phoneNumber", "Sets the phone number.";
    /// Number plate of a vehicle.
    plate = "plate", "Sets the number plate of a vehicle.";
}

impl Default for Attributes {
    fn default() -> Self {
        Self::new()
    }
}

fn hidden(text: &str) -> Pii<Box<str>> {
    Pii::from(Box::from(text))
}
