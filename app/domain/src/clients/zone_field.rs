//! The field of a time zone. It stands apart from `person`, whose `Zone` the
//! module `zone` needs, because it asks that module whether a zone exists.

use crate::{
    clients::person::Zone,
    form::{Read, Reader},
};

/// The message at a time zone that does not exist.
const UNKNOWN_ZONE: &str = "Choose a time zone from the list, such as London.";

impl Reader<'_> {
    /// Reads a time zone that exists: its IANA name, or its place as the field offers
    /// it ("London (UTC+0)"). A build without the feature `zones`, which has no list
    /// of them, reads names only and checks their form.
    pub fn zone(&mut self, name: &str) -> Read<Zone> {
        #[cfg(feature = "zones")]
        let found = crate::zone_names::find(self.raw(name));
        #[cfg(not(feature = "zones"))]
        let found = Zone::parse(self.raw(name));
        match found {
            Some(zone) => Ok(zone),
            None => self.fail(name, UNKNOWN_ZONE),
        }
    }
}
