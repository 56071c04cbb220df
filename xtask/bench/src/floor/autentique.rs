//! Autentique's events.
#![allow(dead_code, reason = "read, not used: that is the job")]

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Delivery<'a, T> {
    pub(crate) id: &'a str,
    pub(crate) object: &'a str,
    pub(crate) name: &'a str,
    pub(crate) format: &'a str,
    pub(crate) url: &'a str,
    pub(crate) event: Event<'a, T>,
}

#[derive(Deserialize)]
pub(crate) struct Event<'a, T> {
    pub(crate) id: &'a str,
    pub(crate) object: &'a str,
    pub(crate) organization: u64,
    pub(crate) r#type: &'a str,
    pub(crate) data: T,
    #[serde(borrow)]
    pub(crate) previous_attributes: &'a serde_json::value::RawValue,
    pub(crate) created_at: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct Document<'a> {
    pub(crate) id: &'a str,
    pub(crate) object: &'a str,
    pub(crate) name: &'a str,
    pub(crate) message: Option<&'a str>,
    pub(crate) refusable: bool,
    pub(crate) author: Person<'a>,
    #[serde(borrow)]
    pub(crate) signatures: Vec<Signature<'a>>,
    pub(crate) stop_on_rejected: bool,
    pub(crate) qualified: bool,
    pub(crate) ignore_cpf: bool,
    pub(crate) ignore_birthdate: bool,
    pub(crate) sortable: bool,
    pub(crate) is_blocked: bool,
    pub(crate) sandbox: bool,
    pub(crate) api: bool,
    pub(crate) scrolling_required: bool,
    pub(crate) locale: Locale<'a>,
    pub(crate) email_template_id: Option<u64>,
    pub(crate) expiration_at: Option<&'a str>,
    pub(crate) notify_in: Option<u64>,
    pub(crate) reminder: Option<&'a str>,
    pub(crate) reply_to: Option<&'a str>,
    pub(crate) signatures_count: u64,
    pub(crate) signed_count: u64,
    pub(crate) rejected_count: u64,
    pub(crate) files: Files<'a>,
    pub(crate) created_at: &'a str,
    pub(crate) updated_at: &'a str,
    pub(crate) deleted_at: Option<&'a str>,
    pub(crate) deadline_at: Option<&'a str>,
    pub(crate) lifecycle_in: &'a str,
    pub(crate) author_folder_id: Option<&'a str>,
}

#[derive(Deserialize)]
pub(crate) struct Locale<'a> {
    pub(crate) country: &'a str,
    pub(crate) language: &'a str,
    pub(crate) timezone: &'a str,
    pub(crate) date_format: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct Files<'a> {
    pub(crate) original: &'a str,
    pub(crate) signed: &'a str,
    pub(crate) certified: Option<&'a str>,
    pub(crate) pades: Option<&'a str>,
}

#[derive(Deserialize)]
pub(crate) struct Person<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) company: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    pub(crate) phone: Option<&'a str>,
    pub(crate) cpf: Option<&'a str>,
    pub(crate) cnpj: Option<&'a str>,
    pub(crate) birthday: Option<&'a str>,
}

#[derive(Deserialize)]
pub(crate) struct Signature<'a> {
    pub(crate) public_id: &'a str,
    pub(crate) object: &'a str,
    #[serde(borrow)]
    pub(crate) user: Person<'a>,
    pub(crate) document: &'a str,
    pub(crate) events: Vec<SignatureEvent<'a>>,
    pub(crate) mail: Option<Mail<'a>>,
    pub(crate) action: Option<&'a str>,
    pub(crate) viewed: Option<&'a str>,
    pub(crate) signed: Option<&'a str>,
    pub(crate) rejected: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) biometric_unapproved: Option<&'a str>,
    pub(crate) biometric_approved: Option<&'a str>,
    pub(crate) biometric_rejected: Option<&'a str>,
    pub(crate) created_at: &'a str,
    pub(crate) archived_at: Option<&'a str>,
}

#[derive(Deserialize)]
pub(crate) struct Mail<'a> {
    pub(crate) sent: Option<&'a str>,
    pub(crate) opened: Option<&'a str>,
    pub(crate) refused: Option<&'a str>,
    pub(crate) delivered: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
}

#[derive(Deserialize)]
pub(crate) struct SignatureEvent<'a> {
    pub(crate) r#type: &'a str,
    pub(crate) document: &'a str,
    #[serde(borrow)]
    pub(crate) user: EventUser<'a>,
    pub(crate) geolocation: Geolocation<'a>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) ip: &'a str,
    pub(crate) port: u32,
    pub(crate) created_at: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct EventUser<'a> {
    pub(crate) uuid: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    pub(crate) cpf: Option<&'a str>,
    pub(crate) cnpj: Option<&'a str>,
    pub(crate) birthday: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Geolocation<'a> {
    pub(crate) country: &'a str,
    #[serde(rename = "countryISO")]
    pub(crate) country_iso: &'a str,
    pub(crate) state: &'a str,
    #[serde(rename = "stateISO")]
    pub(crate) state_iso: &'a str,
    pub(crate) city: &'a str,
    pub(crate) zipcode: &'a str,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}
