//! The field of a time zone. It stands apart from `person`, whose `Zone` the
//! module `zone` needs, because it asks that module whether a zone exists.

use crate::{
    clients::person::Zone,
    form::{Read, Reader},
};

/// The message at a time zone that does not exist.
const UNKNOWN_ZONE: &str = "Please pick a time zone from the list.";

impl Reader<'_> {
    /// Reads the IANA name of a time zone that exists. A build without the feature
    /// `zones`, which has no list of them, checks the form of the name only.
    pub fn zone(&mut self, name: &str) -> Read<Zone> {
        match Zone::parse(self.raw(name)) {
            #[cfg(feature = "zones")]
            Some(zone) if !crate::zone::exists(&zone) => self.fail(name, UNKNOWN_ZONE),
            Some(zone) => Ok(zone),
            None => self.fail(name, UNKNOWN_ZONE),
        }
    }
}
