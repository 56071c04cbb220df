//! Case Keeper, whose deliveries prove nothing. The claimed verification is decoded on demand, and not here: what it
//! says must be fetched anyway.

use idhooks_case_keeper::Event;

use crate::{
    Outcome,
    contestants::Reads,
    sample::{Body, Sample, Text, borrowed, documented, lean},
};

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    documented("case-keeper").map(|fixture| Body::from(fixture).open(ID)).collect()
}

lean! {
    struct Delivery {
        key: Text<'a> = "key",
        data_id: Text<'a> = "dataId",
        data: Named<'a> = "data",
    }

    struct Named {
        id: Text<'a> = "id",
    }
}

const ID: Reads<Event> = Reads {
    lean: |text| borrowed::<Delivery<'_>>(text).data.and_then(|data| data.id).map_or(0, |id| id.len()),
    typed: |event| Some(event.verification_id()?.as_str().len()),
    value: |value| Some(value["data"]["id"].as_str()?.len()),
};
