//! Caf.

use idhooks_caf::{Event, EventBody};
use serde::Deserialize;

use crate::{
    Outcome,
    contestants::Reads,
    sample::{Body, Sample, Text, borrowed, documented, lean},
};

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    documented("caf")
        .map(|fixture| {
            let reads = match fixture.event {
                event if event.starts_with("COMMUNICATION") => COMMUNICATION,
                event if event.starts_with("TRANSACTION") => TRANSACTION,
                "FACEAUTHENTICATIONEVENT" => FACE_AUTHENTICATION,
                _ => PROFILE,
            };
            Body::from(fixture).signed(reads)
        })
        .collect()
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "read, not used: that is the job")]
struct Envelope<'a, T> {
    #[serde(borrow)]
    specversion: Option<Text<'a>>,
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(borrow)]
    source: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    time: Option<Text<'a>>,
    #[serde(borrow)]
    datacontenttype: Option<Text<'a>>,
    data: T,
}

lean! {
    struct Transaction {
        id: Text<'a> = "id",
        tenant_id: Text<'a> = "tenantId",
        report: Text<'a> = "report",
        status: Text<'a> = "status",
        date: Text<'a> = "date",
        onboarding_id: Text<'a> = "onboardingId",
        template_id: Text<'a> = "templateId",
        custom_status: Text<'a> = "customStatus",
    }

    struct Communication {
        notification_id: Text<'a> = "notificationId",
        tenant_id: Text<'a> = "tenantId",
        channel: Text<'a> = "channel",
        external_id: Text<'a> = "externalId",
        system: Text<'a> = "system",
        occurred_on: Text<'a> = "occurredOn",
        reason: Text<'a> = "reason",
    }

    struct FaceAuthentication {
        attempt_id: Text<'a> = "attemptId",
        tenant_id: Text<'a> = "tenantId",
        onboarding_id: Text<'a> = "onboardingId",
        person_id: Text<'a> = "personId",
        is_match: bool = "isMatch",
        date: Text<'a> = "date",
    }

    struct Profile {
        profile_id: Text<'a> = "profileId",
        tenant_id: Text<'a> = "tenantId",
        kind: Text<'a> = "type",
        status: Text<'a> = "status",
        updated_at: Text<'a> = "updatedAt",
        cpf: Text<'a> = "cpf",
        cnpj: Text<'a> = "cnpj",
    }
}

const COMMUNICATION: Reads<Event> = Reads {
    lean: |text| borrowed::<Envelope<'_, Communication<'_>>>(text).data.notification_id.map_or(0, |id| id.len()),
    typed: |event| match &event.body {
        EventBody::CommunicationCreated(message)
        | EventBody::CommunicationSentToDestination(message)
        | EventBody::CommunicationDelivered(message)
        | EventBody::CommunicationRejected(message)
        | EventBody::CommunicationNotDelivered(message) => Some(message.notification_id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["data"]["notificationId"].as_str()?.len()),
};

const TRANSACTION: Reads<Event> = Reads {
    lean: |text| borrowed::<Envelope<'_, Transaction<'_>>>(text).data.id.map_or(0, |id| id.len()),
    typed: |event| match &event.body {
        EventBody::TransactionProcessStarted(transaction)
        | EventBody::TransactionStatusUpdated(transaction)
        | EventBody::TransactionDocumentscopyRequested(transaction) => Some(transaction.id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["data"]["id"].as_str()?.len()),
};

const FACE_AUTHENTICATION: Reads<Event> = Reads {
    lean: |text| borrowed::<Envelope<'_, FaceAuthentication<'_>>>(text).data.attempt_id.map_or(0, |id| id.len()),
    typed: |event| match &event.body {
        EventBody::FaceAuthentication(attempt) => Some(attempt.attempt_id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["data"]["attemptId"].as_str()?.len()),
};

const PROFILE: Reads<Event> = Reads {
    lean: |text| borrowed::<Envelope<'_, Profile<'_>>>(text).data.profile_id.map_or(0, |id| id.len()),
    typed: |event| match &event.body {
        EventBody::ProfileUpdated(profile) => Some(profile.profile_id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["data"]["profileId"].as_str()?.len()),
};
