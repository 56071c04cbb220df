//! Members of an organisation.

use idhooks_core::{Pii, record, text_id};

use super::{bool_map::BoolMap, object_type::ObjectType, organization::OrganizationId, person::Person};

text_id! {
    /// Autentique's id of a group, a UUID in the sample.
    pub struct GroupId;
}

record! {
    /// Somebody joined an organisation or was removed from it.
    ///
    /// It has no id of its own. One sample is published, of somebody who joined.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Member {
        required {}
        optional {
            /// What the vendor calls this object; not sent for members so far.
            pub object: ObjectType,
            /// Who.
            pub user: Person,
            /// The group they are in.
            pub group: Group,
            /// What they may do. 26 names in the sample; those in `_gr` concern the group, those in
            /// `_oz` the organisation.
            pub permissions: BoolMap,
        }
    }
}

record! {
    /// A group of members.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Group {
        required {}
        optional {
            /// Autentique's id.
            pub uuid: GroupId,
            /// Its name: free text of your own.
            pub name: Pii<Box<str>>,
            /// The organisation it belongs to.
            pub organization: OrganizationId,
            /// What its members may do; names as in [`Member::permissions`].
            pub permissions: BoolMap,
            /// Its configuration; some names are Portuguese.
            pub configs: BoolMap,
        }
    }
}
