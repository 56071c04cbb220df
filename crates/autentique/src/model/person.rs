//! People.

use idhooks_core::{Lenient, Pii, payload, text_id};

text_id! {
    /// Autentique's id of whoever did something: 38 to 40 hex digits in the samples.
    pub struct ActorId;
}

payload! {
    /// A person: a document's author, a signer, a member. Any part may be missing.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Person {
        /// Full name.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// Their company.
        pub company: Lenient<Pii<Box<str>>> = "company",
        /// E-mail address.
        pub email: Lenient<Pii<Box<str>>> = "email",
        /// Phone number.
        pub phone: Lenient<Pii<Box<str>>> = "phone",
        /// The person's tax number, with or without punctuation, even within one delivery: compare
        /// by [`Person::cpf_digits`]. No check digits are verified here.
        pub cpf: Lenient<Pii<Box<str>>> = "cpf",
        /// The company's tax number; sent since November 2025 (observed), only null so far.
        pub cnpj: Lenient<Pii<Box<str>>> = "cnpj",
        /// Date of birth, `YYYY-MM-DD` in webhooks.
        pub birthday: Lenient<Pii<Box<str>>> = "birthday",
    }
}

impl Person {
    /// Returns the CPF without punctuation, to compare it with another one.
    #[must_use]
    pub fn cpf_digits(&self) -> Option<Pii<String>> {
        let cpf = self.cpf.as_ref()?.expose();
        Some(Pii::from(cpf.chars().filter(char::is_ascii_digit).collect::<String>()))
    }
}

payload! {
    /// Whoever did something to a signature, as known at that moment. Any part may be missing.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Actor {
        /// Autentique's id.
        pub uuid: Lenient<ActorId> = "uuid",
        /// Full name.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// E-mail address.
        pub email: Lenient<Pii<Box<str>>> = "email",
        /// The person's tax number, with or without punctuation.
        pub cpf: Lenient<Pii<Box<str>>> = "cpf",
        /// The company's tax number; sent since November 2025 (observed), only null so far.
        pub cnpj: Lenient<Pii<Box<str>>> = "cnpj",
        /// Date of birth, `YYYY-MM-DD`.
        pub birthday: Lenient<Pii<Box<str>>> = "birthday",
    }
}
