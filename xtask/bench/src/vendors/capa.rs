//! Capa.

use idhooks_capa::Event;

use crate::{
    Outcome,
    contestants::Reads,
    sample::{Body, Sample, Text, borrowed, documented, lean},
};

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    documented("capa")
        .map(|fixture| Body::from(fixture).signed(if fixture.name.starts_with("kyc") { KYC } else { TRANSACTION }))
        .collect()
}

lean! {
    struct Kyc {
        family: Text<'a> = "type",
        event: Text<'a> = "event",
        external_user_id: Text<'a> = "externalUserId",
    }

    struct Transaction {
        family: Text<'a> = "type",
        event: Text<'a> = "event",
        transaction_id: Text<'a> = "transactionId",
        external_user_id: Text<'a> = "externalUserId",
        first_name: Text<'a> = "firstName",
        last_name: Text<'a> = "lastName",
        blockchain: Text<'a> = "blockchain",
        crypto_currency: Text<'a> = "cryptoCurrency",
        fiat_currency: Text<'a> = "fiatCurrency",
        fiat_amount: Text<'a> = "fiatAmount",
        crypto_amount: Text<'a> = "cryptoAmount",
        exchange_rate: Text<'a> = "exchangeRate",
    }
}

const KYC: Reads<Event> = Reads {
    lean: |text| borrowed::<Kyc<'_>>(text).external_user_id.map_or(0, |id| id.len()),
    typed: |event| match event {
        Event::Kyc(kyc) => Some(kyc.external_user_id.as_ref()?.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["externalUserId"].as_str()?.len()),
};

const TRANSACTION: Reads<Event> = Reads {
    lean: |text| borrowed::<Transaction<'_>>(text).transaction_id.map_or(0, |id| id.len()),
    typed: |event| match event {
        Event::Transaction(transaction) => Some(transaction.transaction_id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["transactionId"].as_str()?.len()),
};
