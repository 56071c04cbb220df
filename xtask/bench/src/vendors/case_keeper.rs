//! Case Keeper.

use idhooks_case_keeper::Event;

use crate::{
    Outcome,
    contestants::Reads,
    floor::{borrowed, case_keeper as lean},
    sample::{Sample, Size, Told, between, compact},
};

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    let created = compact("case-keeper", "verification-created")?;
    let result = compact("case-keeper", "verification-bankruptcyResult-created")?;
    Ok(vec![
        Told::new(Size::B200, "a verification was made", created).open(ID)?,
        Told::new(Size::B400, "a bankruptcy result", result.clone()).open(ID)?,
        Told::new(Size::Kb2, "the same, with five attempts listed", with_attempts(&result, 5)?).open(ID)?,
        Told::new(Size::Kb10, "the same, with 33 attempts listed", with_attempts(&result, 33)?).open(ID)?,
    ])
}

/// The result once more as the list of every attempt, which stands beside the latest one.
fn with_attempts(event: &str, times: usize) -> Outcome<String> {
    let name = r#""bankruptcyResult":"#;
    let result = format!("{}}}", between(event, name, "}")?);
    let attempts = vec![result.as_str(); times].join(",");
    Ok(event.replacen(name, &format!(r#""bankruptcyResults":[{attempts}],{name}"#), 1))
}

/// All that an unverified delivery is good for; what it claims is decoded when asked for.
const ID: Reads<Event> = Reads {
    lean: |text| borrowed::<lean::Event<'_>>(text).data.id.len(),
    typed: |event| Some(event.verification_id()?.as_str().len()),
    value: |value| Some(value["data"]["id"].as_str()?.len()),
};
