//! The IPVS calls against a real kernel, checked with `ipvsadm`. Says so and ends where the kernel
//! has no IPVS; the lab runs it in a VM. Uses the table of the network namespace it runs in, so
//! it runs only where that is empty.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{Listener, ear, run};
use holdfast_core::netlink::{KernelHandle, KernelThread};
use holdfast_core::protocol::{
    CallResult, Destination, Family, Forwarding, IpvsCall, IpvsOp, IpvsTimeouts, Protocol, Service,
    ServiceId, ServiceTable,
};
use std::net::Ipv4Addr;

fn service(id: ServiceId, scheduler: &str) -> Service {
    let v6 = match &id {
        ServiceId::Address { address, .. } => address.is_ipv6(),
        ServiceId::Fwmark { family, .. } => *family == Family::Inet6,
    };
    Service {
        id,
        scheduler: scheduler.into(),
        flags: 0,
        timeout: 0,
        netmask: if v6 { 128 } else { 32 },
        persistence_engine: None,
    }
}

fn at(protocol: Protocol, address: &str, port: u16) -> ServiceId {
    ServiceId::Address {
        protocol,
        address: address.parse().unwrap(),
        port,
    }
}

fn mark(mark: u32) -> ServiceId {
    ServiceId::Fwmark {
        family: Family::Inet,
        mark,
    }
}

fn destination(address: &str, port: u16, forwarding: Forwarding, weight: u32) -> Destination {
    Destination {
        address: address.parse().unwrap(),
        port,
        forwarding,
        weight,
        upper_threshold: 0,
        lower_threshold: 0,
    }
}

const IPIP: Forwarding = Forwarding::Tunnel {
    tunnel_type: 0,
    port: 0,
    flags: 0,
};

fn new(service: &Service) -> IpvsOp {
    IpvsOp::NewService {
        service: service.clone(),
    }
}

fn set(service: &Service) -> IpvsOp {
    IpvsOp::SetService {
        service: service.clone(),
    }
}

fn new_to(service: &Service, destination: &Destination) -> IpvsOp {
    IpvsOp::NewDestination {
        id: service.id.clone(),
        destination: destination.clone(),
    }
}

fn set_to(service: &Service, destination: &Destination) -> IpvsOp {
    IpvsOp::SetDestination {
        id: service.id.clone(),
        destination: destination.clone(),
    }
}

fn delete_from(service: &Service, destination: &Destination) -> IpvsOp {
    IpvsOp::DeleteDestination {
        id: service.id.clone(),
        destination: destination.clone(),
    }
}

fn delete(service: &Service) -> IpvsOp {
    IpvsOp::DeleteService {
        id: service.id.clone(),
    }
}

struct Lab {
    _thread: KernelThread,
    kernel: KernelHandle,
    ear: Listener,
}

impl Lab {
    fn apply(&self, ops: Vec<IpvsOp>) -> Vec<i32> {
        match self.ear.call(&self.kernel, IpvsCall::IpvsApply { ops }) {
            CallResult::Applied { errnos } => errnos,
            other => panic!("{other:?}"),
        }
    }

    fn dump(&self) -> Vec<ServiceTable> {
        match self.ear.call(&self.kernel, IpvsCall::IpvsDump) {
            CallResult::IpvsTable { services, .. } => services,
            other => panic!("{other:?}"),
        }
    }

    fn of(&self, service: &Service) -> ServiceTable {
        let mut all = self.dump().into_iter();
        all.find(|table| table.service.id == service.id).unwrap()
    }

    fn clear(&self) {
        let services = self.dump().into_iter();
        let ops: Vec<_> = services.map(|table| delete(&table.service)).collect();
        let errnos = self.apply(ops);
        assert!(errnos.iter().all(|errno| *errno == 0), "{errnos:?}");
        assert_eq!(self.dump(), []);
        assert_eq!(run("ipvsadm -Sn"), "");
    }
}

#[test]
fn ipvs_calls_against_the_kernel() {
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    match ear.call(&kernel, IpvsCall::IpvsInfo) {
        CallResult::IpvsInfo {
            version,
            table_size,
        } => {
            assert!(version >= 0x01_0200, "{version:#x}");
            assert!(table_size.is_power_of_two());
        }
        CallResult::Failed { errno, message, .. } => {
            assert_eq!(errno, libc::ENOENT, "{message}");
            assert!(message.contains("IPVS"), "{message}");
            return println!("skipped: no IPVS here: {message}");
        }
        other => panic!("{other:?}"),
    }
    let lab = Lab {
        _thread: thread,
        kernel,
        ear,
    };
    if !lab.dump().is_empty() {
        return println!("skipped: this machine's IPVS table is in use");
    }
    if lab.apply(vec![delete(&service(mark(1), "rr"))]) != [0] {
        return println!("skipped: no right to change the IPVS table");
    }
    // Without any route the kernel takes every IPv4 destination for a broadcast address.
    run("ip link set lo up");
    kinds_of_services(&lab);
    idempotency(&lab);
    order_of_dependent_operations(&lab);
    timeouts(&lab);
    many(&lab);
}

/// Everything that is added is dumped again, by us and by `ipvsadm`.
fn kinds_of_services(lab: &Lab) {
    let web = service(at(Protocol::Tcp, "10.23.8.80", 80), "wrr");
    let nat = [
        destination("10.23.8.1", 8080, Forwarding::Nat, 1),
        Destination {
            upper_threshold: 1000,
            lower_threshold: 800,
            ..destination("10.23.8.2", 8080, Forwarding::Nat, 0)
        },
    ];
    let dns = Service {
        flags: 4, // one packet
        ..service(at(Protocol::Udp, "10.23.8.80", 53), "rr")
    };
    let direct = [destination("10.23.8.3", 53, Forwarding::Dr, 3)];
    let persistent = Service {
        flags: 1,
        timeout: 360,
        netmask: 24,
        ..service(mark(7), "wlc")
    };
    let tunnels = [
        destination("192.0.2.1", 0, IPIP, 5),
        destination(
            "192.0.2.2",
            0,
            Forwarding::Tunnel {
                tunnel_type: 1,
                port: 5555,
                flags: 1,
            },
            65535,
        ),
    ];
    let sixth = Service {
        flags: 1 | 16, // persistent, sh-port
        timeout: 60,
        netmask: 64,
        ..service(at(Protocol::Tcp, "2001:db8::80", 443), "sh")
    };
    let v6 = [
        destination("2001:db8::1", 443, Forwarding::Nat, 1),
        destination("2001:db8::2", 443, Forwarding::Local, 1),
    ];
    let expected: Vec<(&Service, &[Destination])> = vec![
        (&web, &nat),
        (&dns, &direct),
        (&persistent, &tunnels),
        (&sixth, &v6),
    ];
    let mut ops = Vec::new();
    for (service, destinations) in &expected {
        ops.push(new(service));
        ops.extend(destinations.iter().map(|one| new_to(service, one)));
    }
    let errnos = lab.apply(ops);
    assert!(errnos.iter().all(|errno| *errno == 0), "{errnos:?}");
    for (service, destinations) in &expected {
        let ServiceTable {
            service: held,
            destinations: mut found,
        } = lab.of(service);
        assert_eq!(held, **service);
        let mut wanted = destinations.to_vec();
        wanted.sort_by_key(|one| one.address);
        found.sort_by_key(|one| one.address);
        assert_eq!(found, wanted);
    }
    let shown = run("ipvsadm -Sn");
    for line in [
        "-A -t 10.23.8.80:80 -s wrr",
        "-a -t 10.23.8.80:80 -r 10.23.8.1:8080 -m -w 1",
        "-a -t 10.23.8.80:80 -r 10.23.8.2:8080 -m -w 0",
        "-A -u 10.23.8.80:53 -s rr -o",
        "-a -u 10.23.8.80:53 -r 10.23.8.3:53 -g -w 3",
        "-A -f 7 -s wlc -p 360 -M 255.255.255.0",
        "-a -f 7 -r 192.0.2.1:0 -i -w 5 --tun-type ipip",
        "-a -f 7 -r 192.0.2.2:0 -i -w 65535 --tun-type gue --tun-port 5555 --tun-csum",
        "-A -t [2001:db8::80]:443 -s sh -p 60 -M 64 -b sh-port",
        "-a -t [2001:db8::80]:443 -r [2001:db8::1]:443 -m -w 1",
    ] {
        let found = shown.lines().any(|held| held.trim_end() == line);
        assert!(found, "{line:?} not in:\n{shown}");
    }
    let shown = run("ipvsadm -Ln --thresholds");
    let found = shown
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .contains("10.23.8.2:8080 1000 800");
    assert!(found, "{shown}");
    lab.clear();
}

fn idempotency(lab: &Lab) {
    let web = service(at(Protocol::Tcp, "10.23.8.80", 80), "wrr");
    let other = Service {
        scheduler: "rr".into(),
        ..web.clone()
    };
    let real = destination("10.23.8.1", 80, Forwarding::Nat, 1);
    let heavier = Destination {
        weight: 9,
        ..real.clone()
    };
    // Set of the absent adds, both kinds.
    assert_eq!(lab.apply(vec![set(&web), set_to(&web, &real)]), [0, 0]);
    assert_eq!(lab.of(&web).destinations, std::slice::from_ref(&real));
    // New of the present sets, both kinds.
    assert_eq!(lab.apply(vec![new(&other), new_to(&web, &heavier)]), [0, 0]);
    assert_eq!(lab.of(&web).service.scheduler, "rr");
    assert_eq!(lab.of(&web).destinations, [heavier]);
    // Delete of the absent succeeds, with and without its service.
    let absent = destination("10.23.8.9", 80, Forwarding::Nat, 1);
    let ops = vec![
        delete_from(&web, &absent),
        delete(&web),
        delete(&web),
        delete_from(&web, &real),
    ];
    assert_eq!(lab.apply(ops), [0, 0, 0, 0]);
    // What fails says why and keeps nothing else from being done.
    let strange = service(at(Protocol::Tcp, "10.23.8.81", 80), "nosuch");
    let ops = vec![new(&strange), new_to(&web, &real), new(&web)];
    assert_eq!(lab.apply(ops), [libc::ENOENT, libc::ESRCH, 0]);
    lab.clear();
}

/// A second attempt (set instead of new and so on) never overtakes a later operation.
fn order_of_dependent_operations(lab: &Lab) {
    let web = service(at(Protocol::Tcp, "10.23.8.80", 80), "wrr");
    let real = destination("10.23.8.1", 80, Forwarding::Nat, 1);
    let heavier = Destination {
        weight: 9,
        ..real.clone()
    };
    let ops = vec![
        set(&web),           // absent: added
        set_to(&web, &real), // absent: added
        delete_from(&web, &real),
        set_to(&web, &heavier), // absent again
        new(&web),              // present: set
        delete(&web),
        set_to(&web, &real), // no service
        set(&web),
        new_to(&web, &heavier),
        new_to(&web, &real), // present: set
    ];
    assert_eq!(lab.apply(ops), [0, 0, 0, 0, 0, 0, libc::ESRCH, 0, 0, 0]);
    assert_eq!(lab.of(&web).destinations, [real]);
    lab.clear();
}

fn timeouts(lab: &Lab) {
    let get = || lab.ear.call(&lab.kernel, IpvsCall::IpvsTimeouts);
    let CallResult::IpvsTimeouts { timeouts: before } = get() else {
        panic!("no timeouts");
    };
    let wanted = IpvsTimeouts {
        tcp: 777,
        tcp_fin: 0, // stays
        udp: 55,
    };
    let call = IpvsCall::IpvsSetTimeouts { timeouts: wanted };
    assert_eq!(lab.ear.call(&lab.kernel, call), CallResult::Done);
    let expected = IpvsTimeouts {
        tcp_fin: before.tcp_fin,
        ..wanted
    };
    assert_eq!(get(), CallResult::IpvsTimeouts { timeouts: expected });
    let shown = run("ipvsadm -Ln --timeout");
    assert!(
        shown.contains(&format!("777 {} 55", before.tcp_fin)),
        "{shown}"
    );
    let call = IpvsCall::IpvsSetTimeouts { timeouts: before };
    assert_eq!(lab.ear.call(&lab.kernel, call), CallResult::Done);
}

/// 5,000 destinations in one call: added, set, deleted; each acknowledged.
fn many(lab: &Lab) {
    let web = service(at(Protocol::Tcp, "10.23.8.80", 80), "rr");
    let real = |n: u32, weight| {
        let address = Ipv4Addr::from(0x0a18_0000 + n).to_string();
        destination(&address, 80, Forwarding::Dr, weight)
    };
    let all: Vec<_> = (0..5000).map(|n| real(n, 1)).collect();
    let mut ops = vec![new(&web)];
    ops.extend(all.iter().map(|one| new_to(&web, one)));
    let began = std::time::Instant::now();
    assert_eq!(lab.apply(ops), vec![0; 5001]);
    println!("5,000 destinations added in {:?}", began.elapsed());
    let began = std::time::Instant::now();
    let mut found = lab.of(&web).destinations;
    println!("5,000 destinations dumped in {:?}", began.elapsed());
    found.sort_by_key(|one| one.address);
    assert_eq!(found, all);
    // All refused at first (EEXIST, which repeats the request), then set.
    let ops = (0..5000).map(|n| new_to(&web, &real(n, 3))).collect();
    assert_eq!(lab.apply(ops), vec![0; 5000]);
    assert!(lab.of(&web).destinations.iter().all(|one| one.weight == 3));
    let ops = (0..5000).map(|n| set_to(&web, &real(n, 2))).collect();
    assert_eq!(lab.apply(ops), vec![0; 5000]);
    assert!(lab.of(&web).destinations.iter().all(|one| one.weight == 2));
    let ops = all.iter().map(|one| delete_from(&web, one)).collect();
    assert_eq!(lab.apply(ops), vec![0; 5000]);
    assert_eq!(lab.of(&web).destinations, []);
    lab.clear();
}
