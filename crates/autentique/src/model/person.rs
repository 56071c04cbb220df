//! People.

use idhooks_core::{Pii, record, text_id};

text_id! {
    /// Autentique's id of whoever did something: 38 to 40 hex digits in the samples.
    pub struct ActorId;
}

record! {
    /// A person: a document's author, a signer, a member. Any part may be missing.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Person {
        required {}
        optional {
            /// Full name.
            pub name: Pii<Box<str>>,
            /// Their company.
            pub company: Pii<Box<str>>,
            /// E-mail address.
            pub email: Pii<Box<str>>,
            /// Phone number.
            pub phone: Pii<Box<str>>,
            /// The person's tax number, with or without punctuation, even within one delivery: compare
            /// by [`Person::cpf_digits`]. No check digits are verified here.
            pub cpf: Pii<Box<str>>,
            /// The company's tax number; sent since November 2025 (observed), only null so far.
            pub cnpj: Pii<Box<str>>,
            /// Date of birth, `YYYY-MM-DD` in webhooks.
            pub birthday: Pii<Box<str>>,
        }
    }
}

impl Person {
    /// The CPF without punctuation, to compare it with another one.
    #[must_use]
    pub fn cpf_digits(&self) -> Option<Pii<String>> {
        let cpf = self.cpf.as_ref()?.expose();
        Some(Pii::from(cpf.chars().filter(char::is_ascii_digit).collect::<String>()))
    }
}

record! {
    /// Whoever did something to a signature, as known at that moment. Any part may be missing.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Actor {
        required {}
        optional {
            /// Autentique's id.
            pub uuid: ActorId,
            /// Full name.
            pub name: Pii<Box<str>>,
            /// E-mail address.
            pub email: Pii<Box<str>>,
            /// The person's tax number, with or without punctuation.
            pub cpf: Pii<Box<str>>,
            /// The company's tax number; sent since November 2025 (observed), only null so far.
            pub cnpj: Pii<Box<str>>,
            /// Date of birth, `YYYY-MM-DD`.
            pub birthday: Pii<Box<str>>,
        }
    }
}
