//! The bodies measured: every sample that a vendor documents, and one large document.

mod autentique;
mod caf;
mod capa;
mod case_keeper;
mod unico;

use crate::{Outcome, sample::Sample};

pub(crate) fn samples() -> Outcome<Vec<Sample>> {
    let vendors =
        [caf::samples()?, autentique::samples()?, capa::samples()?, unico::samples()?, case_keeper::samples()?];
    Ok(vendors.into_iter().flatten().collect())
}

/// The genuine list that is repeated to see how reading grows.
pub(crate) use autentique::document_of;
