//! Where a signer was.

use idhooks_core::{Decimal, Lenient, Pii, payload};

payload! {
    /// Where a signer was; most likely looked up by their address on the network (inferred).
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Geolocation {
        /// Name of the country.
        pub country: Lenient<Pii<Box<str>>> = "country",
        /// ISO code of the country (`BR`).
        pub country_iso: Lenient<Pii<Box<str>>> = "countryISO",
        /// Name of the state.
        pub state: Lenient<Pii<Box<str>>> = "state",
        /// Code of the state (`SP`).
        pub state_iso: Lenient<Pii<Box<str>>> = "stateISO",
        /// Name of the city.
        pub city: Lenient<Pii<Box<str>>> = "city",
        /// Postal code, five or eight digits in the samples.
        pub zipcode: Lenient<Pii<Box<str>>> = "zipcode",
        /// Degrees north: a number in webhooks, text in the API.
        pub latitude: Lenient<Pii<Decimal>> = "latitude",
        /// Degrees east: a number in webhooks, text in the API.
        pub longitude: Lenient<Pii<Decimal>> = "longitude",
    }
}
