//! Members of an organisation.

use idhooks_core::{Lenient, Pii, payload, text_id};

use super::{
    bool_map::BoolMap, object_type::ObjectType, organization::OrganizationId, person::Person, resource::Object,
};

text_id! {
    /// Autentique's id of a group, a UUID in the sample.
    pub struct GroupId;
}

payload! {
    /// Somebody joined an organisation or was removed from it.
    ///
    /// It has no id of its own. One sample is published, of somebody who joined.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Member {
        /// The vendor's name for this object; not sent for members so far.
        pub object: Lenient<ObjectType> = "object",
        /// Who.
        pub user: Lenient<Person> = "user",
        /// The group they are in.
        pub group: Lenient<Group> = "group",
        /// Their permissions. 26 names in the sample; those in `_gr` concern the group, those in
        /// `_oz` the organisation.
        pub permissions: Lenient<BoolMap> = "permissions",
    }
}

payload! {
    /// A group of members.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks).
    pub struct Group {
        /// Autentique's id.
        pub uuid: Lenient<GroupId> = "uuid",
        /// Its name: free text of your own.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// The organisation it belongs to.
        pub organization: Lenient<OrganizationId> = "organization",
        /// The permissions of its members; names as in [`Member::permissions`].
        pub permissions: Lenient<BoolMap> = "permissions",
        /// Its configuration; some names are Portuguese.
        pub configs: Lenient<BoolMap> = "configs",
    }
}

impl Object for Member {
    fn id(&self) -> Option<&str> {
        None
    }

    fn object_type(&mut self) -> &mut Lenient<ObjectType> {
        &mut self.object
    }
}
