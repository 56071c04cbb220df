//! Autentique.

use idhooks_autentique::Event;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    Outcome,
    contestants::Reads,
    sample::{Body, Sample, Text, between, borrowed, compact, documented, lean, repeated},
};

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    let large = Body::made("document.finished, seven signatures", document_of(6)?).signed(DOCUMENT);
    documented("autentique")
        .map(|fixture| {
            let reads = match fixture.event {
                _ if fixture.name == "document-updated-nested" => WRAPPED_DOCUMENT,
                event if event.starts_with("document.") => DOCUMENT,
                event if event.starts_with("signature.") => SIGNATURE,
                _ => MEMBER,
            };
            Body::from(fixture).signed(reads)
        })
        .chain([large])
        .collect()
}

/// A finished document whose last signature stands there `times`.
pub(crate) fn document_of(times: usize) -> Outcome<String> {
    let document = compact("autentique", "document-finished-2025-11")?;
    let signatures = between(&document, r#""signatures":["#, r#"],"stop_on_rejected""#)?;
    let last = signatures.rfind(r#"{"public_id""#).ok_or("no signature")?;
    repeated(&document, &signatures[last..], times)
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Delivery<'a, T> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    object: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    format: Option<Text<'a>>,
    #[serde(borrow)]
    url: Option<Text<'a>>,
    event: Inner<'a, T>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Inner<'a, T> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    object: Option<Text<'a>>,
    organization: Option<u64>,
    #[serde(borrow)]
    r#type: Text<'a>,
    data: T,
    #[serde(borrow)]
    previous_attributes: Option<&'a RawValue>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Wrapped<'a, T> {
    object: T,
    #[serde(borrow)]
    previous_attributes: Option<&'a RawValue>,
}

/// Yes or no, or 1 or 0.
#[derive(Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "read, not used: that is the job")]
enum Flag {
    Bool(bool),
    Number(u8),
}

lean! {
    struct Document {
        id: Text<'a> = "id",
        object: Text<'a> = "object",
        name: Text<'a> = "name",
        message: Text<'a> = "message",
        refusable: bool = "refusable",
        stop_on_rejected: bool = "stop_on_rejected",
        qualified: bool = "qualified",
        ignore_cpf: bool = "ignore_cpf",
        ignore_birthdate: bool = "ignore_birthdate",
        sortable: bool = "sortable",
        is_blocked: bool = "is_blocked",
        sandbox: Flag = "sandbox",
        scrolling_required: Flag = "scrolling_required",
        api: bool = "api",
        is_from_api: bool = "is_from_api",
        locale: Locale<'a> = "locale",
        email_template_id: u64 = "email_template_id",
        expiration_at: Text<'a> = "expiration_at",
        deadline_at: Text<'a> = "deadline_at",
        deleted_at: Text<'a> = "deleted_at",
        lifecycle_in: Text<'a> = "lifecycle_in",
        notify_in: u64 = "notify_in",
        reminder: Text<'a> = "reminder",
        reply_to: Text<'a> = "reply_to",
        signatures_count: u32 = "signatures_count",
        signed_count: u32 = "signed_count",
        rejected_count: u32 = "rejected_count",
        signatures: Vec<Signature<'a>> = "signatures",
        author: Person<'a> = "author",
        files: Files<'a> = "files",
        created_at: Text<'a> = "created_at",
        updated_at: Text<'a> = "updated_at",
        author_folder_id: Text<'a> = "author_folder_id",
    }

    struct Files {
        original: Text<'a> = "original",
        signed: Text<'a> = "signed",
        certified: Text<'a> = "certified",
        pades: Text<'a> = "pades",
    }

    struct Locale {
        country: Text<'a> = "country",
        language: Text<'a> = "language",
        timezone: Text<'a> = "timezone",
        date_format: Text<'a> = "date_format",
    }

    struct Person {
        name: Text<'a> = "name",
        company: Text<'a> = "company",
        email: Text<'a> = "email",
        phone: Text<'a> = "phone",
        cpf: Text<'a> = "cpf",
        cnpj: Text<'a> = "cnpj",
        birthday: Text<'a> = "birthday",
    }

    struct Signature {
        public_id: Text<'a> = "public_id",
        object: Text<'a> = "object",
        user: Person<'a> = "user",
        document: Text<'a> = "document",
        events: Vec<Step<'a>> = "events",
        mail: Mail<'a> = "mail",
        action: Text<'a> = "action",
        viewed: Text<'a> = "viewed",
        signed: Text<'a> = "signed",
        rejected: Text<'a> = "rejected",
        reason: Text<'a> = "reason",
        biometric_unapproved: Text<'a> = "biometric_unapproved",
        biometric_approved: Text<'a> = "biometric_approved",
        biometric_rejected: Text<'a> = "biometric_rejected",
        created_at: Text<'a> = "created_at",
        archived_at: Text<'a> = "archived_at",
    }

    struct Mail {
        sent: Text<'a> = "sent",
        opened: Text<'a> = "opened",
        refused: Text<'a> = "refused",
        delivered: Text<'a> = "delivered",
        reason: Text<'a> = "reason",
    }

    struct Step {
        kind: Text<'a> = "type",
        document: Text<'a> = "document",
        user: Actor<'a> = "user",
        geolocation: Geolocation<'a> = "geolocation",
        reason: Text<'a> = "reason",
        ip: Text<'a> = "ip",
        port: u16 = "port",
        created_at: Text<'a> = "created_at",
    }

    struct Actor {
        uuid: Text<'a> = "uuid",
        name: Text<'a> = "name",
        email: Text<'a> = "email",
        cpf: Text<'a> = "cpf",
        cnpj: Text<'a> = "cnpj",
        birthday: Text<'a> = "birthday",
    }

    struct Geolocation {
        country: Text<'a> = "country",
        country_iso: Text<'a> = "countryISO",
        state: Text<'a> = "state",
        state_iso: Text<'a> = "stateISO",
        city: Text<'a> = "city",
        zipcode: Text<'a> = "zipcode",
        latitude: f64 = "latitude",
        longitude: f64 = "longitude",
    }

    struct Member {
        user: Person<'a> = "user",
        group: Group<'a> = "group",
        permissions: &'a RawValue = "permissions",
    }

    struct Group {
        uuid: Text<'a> = "uuid",
        name: Text<'a> = "name",
        organization: u64 = "organization",
        permissions: &'a RawValue = "permissions",
        configs: &'a RawValue = "configs",
    }
}

fn id_of(document: Document<'_>) -> usize {
    document.id.map_or(0, |id| id.len())
}

const DOCUMENT: Reads<Event> = Reads {
    lean: |text| id_of(borrowed::<Delivery<'_, Document<'_>>>(text).event.data),
    typed: |event| Some(event.body.document()?.id.as_str().len()),
    value: |value| Some(value["event"]["data"]["id"].as_str()?.len()),
};

const WRAPPED_DOCUMENT: Reads<Event> = Reads {
    lean: |text| id_of(borrowed::<Delivery<'_, Wrapped<'_, Document<'_>>>>(text).event.data.object),
    value: |value| Some(value["event"]["data"]["object"]["id"].as_str()?.len()),
    ..DOCUMENT
};

const SIGNATURE: Reads<Event> = Reads {
    lean: |text| borrowed::<Delivery<'_, Signature<'_>>>(text).event.data.public_id.map_or(0, |id| id.len()),
    typed: |event| Some(event.body.signature()?.public_id.as_str().len()),
    value: |value| Some(value["event"]["data"]["public_id"].as_str()?.len()),
};

const MEMBER: Reads<Event> = Reads {
    lean: |text| {
        let group = borrowed::<Delivery<'_, Member<'_>>>(text).event.data.group;
        group.and_then(|group| group.uuid).map_or(0, |id| id.len())
    },
    typed: |event| Some(event.body.member()?.group.as_ref()?.uuid.as_ref()?.as_str().len()),
    value: |value| Some(value["event"]["data"]["group"]["uuid"].as_str()?.len()),
};
