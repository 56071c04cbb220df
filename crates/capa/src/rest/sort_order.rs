//! Up or down.

use idhooks_core::open_enum;

open_enum! {
    /// The order of a list.
    ///
    /// The vendor's page writes `ASC` and `DESC`, its OpenAPI file `asc` and `desc`. This follows the file, because
    /// such files are made from the code that checks the parameter; if Capa wants the other spelling,
    /// `SortOrder::from("ASC")` sends it.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/transactionpartnerv2controller_listpartnerusertransactions).
    pub enum SortOrder {
        /// Smallest or oldest first.
        Ascending = "asc",
        /// Largest or newest first.
        Descending = "desc",
    }
}
