//! Where a signer was.

use idhooks_core::{Decimal, Pii, record};

record! {
    /// Where a signer was; most likely looked up by their address on the network (inferred).
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Geolocation {
        required {}
        optional {
            /// Name of the country.
            pub country: Pii<Box<str>>,
            /// ISO code of the country (`BR`).
            #[serde(rename = "countryISO")]
            pub country_iso: Pii<Box<str>>,
            /// Name of the state.
            pub state: Pii<Box<str>>,
            /// Code of the state (`SP`).
            #[serde(rename = "stateISO")]
            pub state_iso: Pii<Box<str>>,
            /// Name of the city.
            pub city: Pii<Box<str>>,
            /// Postal code, five or eight digits in the samples.
            pub zipcode: Pii<Box<str>>,
            /// Degrees north: a number in webhooks, text in the API.
            pub latitude: Pii<Decimal>,
            /// Degrees east: a number in webhooks, text in the API.
            pub longitude: Pii<Decimal>,
        }
    }
}
