//! Caf: the largest documented event has 481 B.

use idhooks_caf::{Event, EventBody};

use crate::{
    Outcome,
    contestants::Reads,
    floor::{borrowed, caf as lean},
    sample::{Sample, Size, Told, compact},
};

const SMALL: &str = concat!(
    r#"{"specversion":"1.0","type":"COMMUNICATIONCREATEDEVENT","source":"COMMUNICATION","#,
    r#""id":"01JZNK5ZQBNF623MB5KE64GNQB","time":"2025-07-08T18:01:19.622Z","#,
    r#""data":{"channel":"sms","notificationId":"01JZNK51YCZXT55TKF8M366QHJ"}}"#
);

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    let usual = compact("caf", "signature-vector")?;
    let most = compact("caf", "transaction-documentscopy-requested")?;
    Ok(vec![
        Told::new(Size::B200, "a message, without its optional members", SMALL).signed(COMMUNICATION)?,
        Told::new(Size::B400, "a message, with them", usual).signed(COMMUNICATION)?,
        Told::new(Size::Most, "a transaction, the largest documented", most).signed(TRANSACTION)?,
    ])
}

const COMMUNICATION: Reads<Event> = Reads {
    lean: |text| borrowed::<lean::Event<'_, lean::Communication<'_>>>(text).data.notification_id.len(),
    typed: |event| match &event.body {
        EventBody::CommunicationCreated(message) => Some(message.notification_id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["data"]["notificationId"].as_str()?.len()),
};

const TRANSACTION: Reads<Event> = Reads {
    lean: |text| borrowed::<lean::Event<'_, lean::Transaction<'_>>>(text).data.id.len(),
    typed: |event| match &event.body {
        EventBody::TransactionDocumentscopyRequested(transaction) => Some(transaction.id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["data"]["id"].as_str()?.len()),
};
