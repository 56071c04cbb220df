//! What a verification is made of.

pub(crate) mod appointment;
pub(crate) mod back_id_card;
pub(crate) mod background;
pub(crate) mod config;
pub(crate) mod dip_chip;
pub(crate) mod dopa;
pub(crate) mod face;
pub(crate) mod face_analysis;
pub(crate) mod front_id_card;
pub(crate) mod masterdata;
pub(crate) mod passport;
pub(crate) mod process;
pub(crate) mod response;
pub(crate) mod result;
