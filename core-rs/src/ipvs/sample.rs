//! Services as tests need them: by a mark, and plain.

use crate::protocol::{Family, Service, ServiceId};

/// The service of a mark.
pub fn id(mark: u32) -> ServiceId {
    ServiceId::Fwmark {
        family: Family::Inet,
        mark,
    }
}

/// A service that is nothing but there.
pub fn service(mark: u32) -> Service {
    Service {
        id: id(mark),
        scheduler: "rr".into(),
        flags: 0,
        timeout: 0,
        netmask: 32,
        persistence_engine: None,
    }
}
