//! The kernel thread against a real kernel: interfaces, addresses and announcements in a network
//! namespace of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{ear, in_namespace, is_inside, run};
use holdfast_core::netlink::KernelThread;
use holdfast_core::netlink::notify::{Notice, Notices};
use holdfast_core::protocol::{
    Address, AddressOp, Announcement, BeatMethod, Buffer, CallResult, Event, KernelCall, Lane,
    Link, Pace, Polled,
};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

#[test]
fn kernel_thread_in_a_namespace() {
    in_namespace("links_addresses_and_announcements");
    in_namespace("links_vanishing_and_order_of_calls");
    in_namespace("deletions_leave_the_neighbours");
    in_namespace("address_is_tentative_first");
    in_namespace("storms_of_notifications");
    in_namespace("notifications_nobody_takes_are_lost");
    in_namespace("carrier_is_asked_of_the_driver_and_buffers_are_set");
}

fn address(ifindex: u32, text: &str, prefix_length: u8) -> Address {
    Address {
        ifindex,
        address: text.parse().unwrap(),
        prefix_length,
        label: None,
        scope: 0,
        broadcast: None,
        peer: None,
        flags: 0,
        preferred_lifetime: None,
        protocol: None,
        secondary: false,
        tentative: false,
    }
}

/// An address of ours as the kernel tells it: since 5.18 it says that a virtual router added it.
fn added(address: Address) -> Address {
    let release = run("uname -r");
    let mut numbers = release
        .split(['.', '-'])
        .map_while(|part| part.parse().ok());
    let version: [u32; 2] = [numbers.next().unwrap(), numbers.next().unwrap()];
    Address {
        protocol: (version >= [5, 18]).then_some(18),
        ..address
    }
}

fn add(address: &Address) -> AddressOp {
    AddressOp::Add {
        address: address.clone(),
    }
}

fn delete(address: &Address) -> AddressOp {
    AddressOp::Delete {
        address: address.clone(),
    }
}

/// Follows the links of these tests.
fn everything() -> KernelCall {
    follow(&["lo", "v0", "v1", "w0"], &[])
}

fn follow(interfaces: &[&str], addresses: &[&str]) -> KernelCall {
    KernelCall::Follow {
        interfaces: interfaces.iter().map(ToString::to_string).collect(),
        addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
        polled: Vec::new(),
    }
}

fn links(result: CallResult) -> Vec<Link> {
    match result {
        CallResult::Followed { links, .. } => links,
        other => panic!("{other:?}"),
    }
}

fn addresses(result: CallResult) -> Vec<Address> {
    match result {
        CallResult::Followed { addresses, .. } => addresses,
        other => panic!("{other:?}"),
    }
}

fn errnos(result: CallResult) -> Vec<i32> {
    match result {
        CallResult::Applied { errnos } => errnos,
        other => panic!("{other:?}"),
    }
}

fn by_name(links: &[Link], name: &str) -> Link {
    let mut found = links.iter().filter(|link| link.ifname == name);
    found.next().unwrap_or_else(|| panic!("no {name}")).clone()
}

#[test]
#[ignore = "run by kernel_thread_in_a_namespace"]
fn links_addresses_and_announcements() {
    if !is_inside() {
        return;
    }
    run("ip link add v0 address 02:00:5e:00:00:01 mtu 1400 type veth peer name v1");
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();

    // Links.
    let all = links(ear.call(&kernel, everything()));
    assert!(by_name(&all, "lo").loopback);
    let v0 = by_name(&all, "v0");
    assert_eq!(
        (v0.up, v0.running, v0.arp, v0.multicast),
        (false, false, true, true)
    );
    assert_eq!((v0.mac.as_str(), v0.mtu), ("02:00:5e:00:00:01", 1400));
    run("ip link set v1 up");
    run("ip link set v0 up");
    ear.event(|event| match event {
        Event::Link {
            link,
            removed: false,
        } if link.ifname == "v0" && link.running => Some(()),
        _ => None,
    });

    // Addresses: add, again, what cannot be, dump, event.
    ear.call(&kernel, everything());
    let first = Address {
        label: Some("v0:vip".into()),
        broadcast: Some("10.9.0.255".parse().unwrap()),
        ..address(v0.ifindex, "10.9.0.1", 24)
    };
    let second = Address {
        label: Some("v0".into()),
        scope: 253,
        peer: Some("10.9.1.9".parse().unwrap()),
        ..address(v0.ifindex, "10.9.1.1", 32)
    };
    let third = address(v0.ifindex, "2001:db8::1", 64);
    let nowhere = address(9999, "10.9.2.1", 24);
    let ops = vec![
        add(&first),
        add(&second),
        add(&nowhere),
        add(&third),
        add(&first),
    ];
    let result = ear.call(&kernel, KernelCall::AddressApply { ops });
    assert_eq!(errnos(result), [0, 0, libc::ENODEV, 0, 0]);
    let [first, second, third] = [first, second, third].map(added);
    let mut awaited = vec![first.clone(), second.clone(), third.clone()];
    ear.event(|event| {
        if let Event::Address {
            address,
            removed: false,
            ordered: true,
        } = event
        {
            awaited.retain(|one| one != address);
        }
        awaited.is_empty().then_some(())
    });
    let held = addresses(ear.call(&kernel, everything()));
    for one in [&first, &second, &third] {
        assert!(held.contains(one), "{one:?} not in {held:?}");
    }

    // Announcements: all once, then all again, as somebody at the other end hears them.
    let heard = Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(0x0608))).unwrap();
    heard.set_read_timeout(Some(common::LIMIT)).unwrap();
    let announced = [Ipv4Addr::new(10, 9, 0, 1), Ipv4Addr::new(10, 9, 1, 1)];
    let announcement = |ifindex, repeat| Announcement {
        ifindex,
        addresses: announced.map(IpAddr::V4).to_vec(),
        repeat,
        arp_pace: None,
        na_pace: None,
    };
    let announce = |place: Announcement| KernelCall::Announce {
        places: vec![place],
    };
    let call = announce(announcement(v0.ifindex, 2));
    assert_eq!(ear.call(&kernel, call), CallResult::Done);
    let mut targets = Vec::new();
    while targets.len() < 4 {
        let mut frame = [0; 128];
        let length = (&heard).read(&mut frame).unwrap();
        assert_eq!(length, 42);
        assert_eq!(
            &frame[..12],
            b"\xff\xff\xff\xff\xff\xff\x02\x00\x5e\x00\x00\x01"
        );
        targets.push(Ipv4Addr::new(frame[38], frame[39], frame[40], frame[41]));
    }
    assert_eq!(targets, [announced, announced].concat());
    // Where there is no ARP nothing is sent, and that is no failure; nor is there an interface 9999.
    run("ip link set v0 arp off");
    for (ifindex, done) in [(v0.ifindex, true), (1, true), (9999, false)] {
        let result = ear.call(&kernel, announce(announcement(ifindex, 1)));
        assert_eq!(result == CallResult::Done, done, "{result:?}");
    }
    heard.set_nonblocking(true).unwrap();
    assert!((&heard).read(&mut [0; 128]).is_err());

    run("ip link set v0 arp on");

    // At a pace: the kernel thread goes on meanwhile, and what is deleted is not announced any more.
    heard.set_nonblocking(false).unwrap();
    let paced = Announcement {
        arp_pace: Some(Pace {
            interval: 100_000,
            lane: Lane::Interface {
                ifindex: v0.ifindex,
            },
        }),
        ..announcement(v0.ifindex, 2)
    };
    let before = Instant::now();
    assert_eq!(ear.call(&kernel, announce(paced)), CallResult::Done);
    let gone = vec![delete(&first)];
    let result = ear.call(&kernel, KernelCall::AddressApply { ops: gone });
    assert_eq!(errnos(result), [0]);
    let mut targets = Vec::new();
    while targets
        .iter()
        .filter(|target| **target == announced[1])
        .count()
        < 2
    {
        let mut frame = [0; 128];
        (&heard).read_exact(&mut frame[..42]).unwrap();
        targets.push(Ipv4Addr::new(frame[38], frame[39], frame[40], frame[41]));
    }
    assert!(
        targets
            .iter()
            .filter(|target| **target == announced[0])
            .count()
            <= 1
    );
    let pauses = u32::try_from(targets.len()).unwrap() - 1;
    assert!(before.elapsed() >= Duration::from_millis(100) * pauses);

    // IPv6, as the other end hears it: from the address itself, whatever the kernel thinks of it.
    let ipv6 = Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(0xdd86))).unwrap();
    ipv6.set_read_timeout(Some(common::LIMIT)).unwrap();
    let neighbor = Announcement {
        addresses: vec![third.address],
        ..announcement(v0.ifindex, 1)
    };
    assert_eq!(ear.call(&kernel, announce(neighbor)), CallResult::Done);
    loop {
        let mut frame = [0; 128];
        let length = (&ipv6).read(&mut frame).unwrap();
        // The kernel has neighbours of its own to ask.
        if frame[54] != 136 || frame[58] & 0x20 == 0 {
            continue;
        }
        assert_eq!(length, 86);
        assert_eq!(&frame[..6], b"\x33\x33\x00\x00\x00\x01");
        assert_eq!(&frame[80..86], b"\x02\x00\x5e\x00\x00\x01");
        break;
    }

    // Deletion, of the absent too.
    let gone = [
        delete(&first),
        delete(&third),
        delete(&first),
        delete(&nowhere),
    ];
    let result = ear.call(&kernel, KernelCall::AddressApply { ops: gone.to_vec() });
    assert_eq!(errnos(result), [0, 0, 0, 0]);
    let held = addresses(ear.call(&kernel, everything()));
    assert!(held.contains(&second) && !held.contains(&first) && !held.contains(&third));

    // Many at once: every one is acknowledged, and the thread loses no notification. Somebody who
    // does not listen meanwhile does, and is told.
    let mut idle = Notices::open().unwrap();
    idle.hear_addresses().unwrap();
    let many: Vec<_> = (0..3000_u32)
        .map(|n| address(v0.ifindex, &Ipv4Addr::from(0x0a14_0000 + n).to_string(), 32))
        .collect();
    let ops = many.iter().map(add).collect();
    let result = errnos(ear.call(&kernel, KernelCall::AddressApply { ops }));
    assert_eq!(result, vec![0; 3000]);
    assert!(addresses(ear.call(&kernel, everything())).len() >= 3000);
    let ops = many.iter().map(delete).collect();
    let result = errnos(ear.call(&kernel, KernelCall::AddressApply { ops }));
    assert_eq!(result, vec![0; 3000]);
    assert!(idle.take(usize::MAX).len() >= 6000);
    assert!(idle.take(usize::MAX).is_empty());
}

fn index_of(name: &str) -> u32 {
    let line = run(&format!("ip -o link show {name}"));
    line.split(':').next().unwrap().trim().parse().unwrap()
}

/// Carries out many lines of `ip`.
fn batch(lines: &[String]) {
    let file = format!(
        "{}/lines-{}",
        env!("CARGO_TARGET_TMPDIR"),
        std::process::id()
    );
    std::fs::write(&file, lines.join("\n")).unwrap();
    run(&format!("ip -batch {file}"));
    std::fs::remove_file(file).unwrap();
}

/// Storms of what concerns nobody, and of what does: nothing of the first is told, and of the second
/// what is there in the end, also what could not be heard.
#[test]
#[ignore = "run by kernel_thread_in_a_namespace"]
fn carrier_is_asked_of_the_driver_and_buffers_are_set() {
    if !is_inside() {
        return;
    }
    run("ip link add v0 type veth peer name v1");
    run("ip link set v0 up");
    run("ip link set v1 up");
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    // A virtual interface has no transceiver: the next way is taken.
    for method in [None, Some(BeatMethod::Ethtool), Some(BeatMethod::Ioctl)] {
        let ifname = "v0".to_owned();
        let told = ear.call(
            &kernel,
            KernelCall::Follow {
                interfaces: vec![ifname.clone()],
                addresses: Vec::new(),
                polled: vec![Polled { ifname, method }],
            },
        );
        assert!(by_name(&links(told), "v0").running);
        for (state, running) in [("down", false), ("up", true)] {
            run(&format!("ip link set v1 {state}"));
            ear.event(|event| match event {
                Event::Link { link, .. } => (link.running == running).then_some(()),
                _ => None,
            });
        }
    }
    // Below net.core.rmem_max: force is refused in a user namespace, the lab of these words has it.
    let buffer = |bytes| {
        Some(Buffer {
            bytes,
            force: false,
        })
    };
    let call = KernelCall::Buffers {
        told: buffer(98_304),
        answered: buffer(65_536),
        ipvs: None,
    };
    assert_eq!(ear.call(&kernel, call), CallResult::Done);
    // The kernel tells of it by what it allows each socket of the process (`rb` is twice what was asked for).
    let buffers = run("ss -f netlink -m -p");
    assert!(buffers.contains("rb196608"), "{buffers}");
    assert!(buffers.contains("rb131072"), "{buffers}");
}

#[test]
#[ignore = "run by kernel_thread_in_a_namespace"]
fn storms_of_notifications() {
    if !is_inside() {
        return;
    }
    run("ip link add v0 type veth peer name v1");
    run("ip link add br0 type bridge");
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    let told = ear.call(&kernel, follow(&["v0", "late"], &["10.99.0.1"]));
    let v0 = by_name(&links(told), "v0").ifindex;
    let br0 = index_of("br0");
    let storm = |op: &str, dev: &str, net: u32| {
        let line = |n| format!("address {op} {}/32 dev {dev}", Ipv4Addr::from(net + n));
        batch(&(0..4000_u32).map(line).collect::<Vec<_>>());
    };
    storm("add", "br0", 0x0a20_0000);
    storm("delete", "br0", 0x0a20_0000);
    let bridges = (0..100).map(|n| format!("link add x{n} type bridge"));
    batch(&bridges.collect::<Vec<_>>());
    // Another link with what is followed: it is followed from now on, with all it carries.
    run("ip address add 10.98.0.1/24 dev br0");
    run("ip address add 10.99.0.1/24 dev br0");
    ear.event(|event| match event {
        Event::Link { link, .. } => {
            assert_eq!(link.ifindex, br0, "only what is followed is told");
            Some(())
        }
        other => panic!("{other:?}"),
    });
    let mut carried = vec!["10.98.0.1", "10.99.0.1"];
    ear.event(|event| match event {
        Event::Address { address, .. } => {
            carried.retain(|one| *one != address.address.to_string());
            carried.is_empty().then_some(())
        }
        _ => None,
    });
    run("ip link add name late type bridge");
    ear.event(|event| match event {
        Event::Link { link, .. } if link.ifname == "late" => Some(()),
        _ => None,
    });
    // While the thread cannot hear, more comes than it can hear later; in between a call of ours.
    storm("add", "v0", 0x0a30_0000);
    let vip = address(v0, "10.9.0.99", 24);
    let ops = vec![add(&vip)];
    assert_eq!(
        errnos(ear.call(&kernel, KernelCall::AddressApply { ops })),
        [0]
    );
    storm("delete", "v0", 0x0a30_0000);
    let mut held = std::collections::BTreeSet::new();
    ear.event(|event| {
        if let Event::Address {
            address, removed, ..
        } = event
        {
            if *removed {
                held.remove(&address.address);
            } else {
                held.insert(address.address);
            }
        }
        (held.len() == 1 && held.contains(&vip.address)).then_some(())
    });
}

/// What nobody takes out of the buffer in time is lost, and that is told.
#[test]
#[ignore = "run by kernel_thread_in_a_namespace"]
fn notifications_nobody_takes_are_lost() {
    if !is_inside() {
        return;
    }
    run("ip link add v0 type veth peer name v1");
    let mut idle = Notices::open().unwrap();
    idle.hear_addresses().unwrap();
    let line =
        |op: &str, n: u32| format!("address {op} {}/32 dev v0", Ipv4Addr::from(0x0a14_0000 + n));
    let lines: Vec<_> = ["add", "delete", "add", "delete", "add", "delete"]
        .iter()
        .flat_map(|op| (0..6000).map(move |n| line(op, n)))
        .collect();
    batch(&lines);
    let heard = idle.take(usize::MAX);
    assert!(heard.contains(&Notice::Overrun) && heard.len() < 36_000);
}

#[test]
#[ignore = "run by kernel_thread_in_a_namespace"]
fn links_vanishing_and_order_of_calls() {
    if !is_inside() {
        return;
    }
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    ear.call(&kernel, everything());
    run("ip link add v0 type veth peer name v1");
    let v0 = ear.event(|event| match event {
        Event::Link {
            link,
            removed: false,
        } if link.ifname == "v0" => Some(link.clone()),
        _ => None,
    });
    run("ip link set v0 name w0");
    ear.event(|event| match event {
        Event::Link {
            link,
            removed: false,
        } if link.ifname == "w0" => Some(()),
        _ => None,
    });
    run("ip link del w0");
    ear.event(|event| match event {
        Event::Link {
            link,
            removed: true,
        } if link.ifindex == v0.ifindex => Some(()),
        _ => None,
    });

    // What nobody wants a reply to is executed all the same, in its place, even while closing.
    let lo = address(1, "127.9.9.9", 32);
    kernel.submit(
        None,
        KernelCall::AddressApply {
            ops: vec![add(&lo)],
        },
    );
    assert!(
        addresses(ear.call(&kernel, everything())).contains(&Address {
            label: Some("lo".into()),
            ..added(lo.clone())
        })
    );
    kernel.submit(
        None,
        KernelCall::AddressApply {
            ops: vec![delete(&lo)],
        },
    );
    drop(thread);
    assert!(!run("ip address show dev lo").contains("127.9.9.9"));
}

/// Lines of `ip -4 monitor address` that tell of a deletion, while `work` is done.
fn deletions_seen(work: impl FnOnce()) -> Vec<String> {
    let mut notices = Notices::open().unwrap();
    notices.hear_addresses().unwrap();
    work();
    let heard = notices.take(usize::MAX);
    assert!(!heard.contains(&Notice::Overrun));
    let gone = heard.into_iter().filter_map(|notice| match notice {
        Notice::Address {
            address,
            removed: true,
            ..
        } => Some(format!("{}/{}", address.address, address.prefix_length)),
        _ => None,
    });
    gone.collect()
}

/// A host's address and a virtual one that was there first, so that the host's is secondary; with a
/// route that prefers the host's.
fn host_behind_virtual() {
    run("ip address add 10.9.0.99/24 dev v0");
    run(
        "ip address add 10.9.0.1/24 brd 10.9.0.255 dev v0 label v0:own valid_lft 5000 preferred_lft 4000",
    );
    run("ip route replace 10.10.0.0/16 via 10.9.0.7 dev v0 src 10.9.0.1");
    assert!(
        run("ip -o address show dev v0")
            .contains("10.9.0.1/24 brd 10.9.0.255 scope global secondary")
    );
}

#[test]
#[ignore = "run by kernel_thread_in_a_namespace"]
fn deletions_leave_the_neighbours() {
    if !is_inside() {
        return;
    }
    run("ip link add v0 type veth peer name v1");
    run("ip link set v1 up");
    run("ip link set v0 up");
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    let v0 = by_name(&links(ear.call(&kernel, everything())), "v0").ifindex;
    ear.call(&kernel, everything());
    let vip = address(v0, "10.9.0.99", 24);
    let promotes = || run("cat /proc/sys/net/ipv4/conf/v0/promote_secondaries");
    let own = || run("ip -o -4 address show dev v0");

    // Not even for a moment does it go, nor do its routes; the setting is what it was.
    for setting in ["0", "1"] {
        run(&format!(
            "sysctl -q -w net.ipv4.conf.v0.promote_secondaries={setting}"
        ));
        host_behind_virtual();
        let seen = deletions_seen(|| {
            let ops = vec![delete(&vip)];
            assert_eq!(
                errnos(ear.call(&kernel, KernelCall::AddressApply { ops })),
                [0]
            );
        });
        assert_eq!(seen, ["10.9.0.99/24"]);
        assert!(
            own().contains("10.9.0.1/24 brd 10.9.0.255 scope global dynamic v0:own"),
            "{}",
            own()
        );
        assert!(run("ip route").contains("10.10.0.0/16 via 10.9.0.7 dev v0 src 10.9.0.1"));
        assert!(
            run("ip route").contains("10.9.0.0/24 dev v0 proto kernel scope link src 10.9.0.1")
        );
        assert_eq!(promotes().trim(), setting);
        run("ip address flush dev v0");
    }
    run("sysctl -q -w net.ipv4.conf.v0.promote_secondaries=0");

    // Several of ours before the host's, deleted and added again in one call: now it is the first.
    run("ip address add 10.9.0.98/24 dev v0");
    host_behind_virtual();
    let other = address(v0, "10.9.0.98", 24);
    let ops = vec![delete(&other), delete(&vip), add(&other), add(&vip)];
    let seen = deletions_seen(|| {
        let ops = ops.clone();
        assert_eq!(
            errnos(ear.call(&kernel, KernelCall::AddressApply { ops })),
            [0; 4]
        );
    });
    assert_eq!(seen, ["10.9.0.98/24", "10.9.0.99/24"]);
    let order: Vec<_> = own()
        .lines()
        .map(|line| line.split_whitespace().nth(3).unwrap().to_owned())
        .collect();
    assert_eq!(order, ["10.9.0.1/24", "10.9.0.98/24", "10.9.0.99/24"]);
    run("ip address flush dev v0");

    // A secondary of ours goes without the setting being touched: nobody is told of the interface.
    run("ip address add 10.9.0.1/24 dev v0");
    let ops = vec![add(&vip)];
    ear.call(&kernel, KernelCall::AddressApply { ops });
    let mut idle = Notices::open().unwrap();
    let ops = vec![delete(&vip)];
    ear.call(&kernel, KernelCall::AddressApply { ops });
    assert_eq!(idle.take(usize::MAX), []);
    run("ip address flush dev v0");

    // What goes all the same is put back whole: a point-to-point link to what is deleted.
    run("ip address add 10.9.0.99/32 dev v0");
    run(
        "ip address add 10.9.0.1 peer 10.9.0.99/32 dev v0 label v0:own valid_lft 5000 preferred_lft 4000",
    );
    let far_end = address(v0, "10.9.0.99", 32);
    let seen = deletions_seen(|| {
        let ops = vec![delete(&far_end)];
        assert_eq!(
            errnos(ear.call(&kernel, KernelCall::AddressApply { ops })),
            [0]
        );
    });
    assert_eq!(seen, ["10.9.0.1/32", "10.9.0.99/32"]);
    let told = ear.events().into_iter().filter_map(|event| match event {
        Event::Address {
            address,
            removed,
            ordered,
        } if address.address != far_end.address || removed => {
            Some((address.address.to_string(), removed, ordered))
        }
        _ => None,
    });
    let told: Vec<_> = told.collect();
    let last = |n: usize| told.get(told.len() - n).cloned().unwrap();
    assert_eq!(last(3), ("10.9.0.1".into(), true, false));
    assert_eq!(last(2), ("10.9.0.99".into(), true, true));
    assert_eq!(
        last(1),
        ("10.9.0.1".into(), false, false),
        "nobody ordered it"
    );
    let back = own();
    assert!(
        back.contains("10.9.0.1 peer 10.9.0.99/32 scope global dynamic v0:own"),
        "{back}"
    );
    assert!(back.contains("valid_lft 4999sec") || back.contains("valid_lft 5000sec"));

    // What somebody else has made of ours meanwhile: who has not heard of it deletes nothing.
    run("ip address flush dev v0");
    run("ip address add 10.9.0.1/24 dev v0");
    let taken = Address {
        protocol: Some(18),
        ..vip.clone()
    };
    let apply =
        |op: AddressOp| errnos(ear.call(&kernel, KernelCall::AddressApply { ops: vec![op] }));
    assert_eq!(apply(add(&vip)), [0]);
    run("ip address flush dev v0");
    run("ip address add 10.9.0.99/24 dev v0");
    assert_eq!(apply(add(&vip)), [0]);
    assert_eq!(apply(delete(&taken)), [libc::ESTALE]);
    assert!(own().contains("10.9.0.99/24"));
    // Who knows whose it is may, and ours is ours again when it was.
    assert_eq!(apply(delete(&vip)), [0]);
    assert_eq!(apply(add(&vip)), [0]);
    assert_eq!(apply(delete(&taken)), [0]);
    // Somebody was faster than the first addition of ours.
    run("ip address add 10.9.0.99/24 dev v0");
    assert_eq!(apply(add(&vip)), [0]);
    assert_eq!(apply(delete(&taken)), [libc::ESTALE]);

    run("ip address flush dev v0");

    // Ours is promoted by somebody else's doing, and is ours all the same.
    run("sysctl -q -w net.ipv4.conf.v0.promote_secondaries=1");
    run("ip address add 10.9.0.1/24 dev v0");
    assert_eq!(apply(add(&vip)), [0]);
    ear.events();
    run("ip address del 10.9.0.1/24 dev v0");
    ear.event(|event| match event {
        Event::Address {
            address,
            removed: false,
            ordered: true,
        } if address.is(&vip) && !address.secondary => Some(()),
        _ => None,
    });
    assert_eq!(apply(delete(&taken)), [0]);
    run("sysctl -q -w net.ipv4.conf.v0.promote_secondaries=0");

    // An interface that goes meanwhile hinders nobody.
    run("ip link del v0");
    let ops = vec![delete(&vip)];
    assert_eq!(
        errnos(ear.call(&kernel, KernelCall::AddressApply { ops })),
        [0]
    );
}

#[test]
#[ignore = "run by kernel_thread_in_a_namespace"]
fn address_is_tentative_first() {
    if !is_inside() {
        return;
    }
    run("ip link add v0 type veth peer name v1");
    run("sysctl -q -w net.ipv6.conf.v0.disable_ipv6=0 net.ipv6.conf.v0.dad_transmits=1");
    run("ip link set v1 up");
    run("ip link set v0 up");
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    ear.call(&kernel, everything());
    run("ip address add 2001:db8::5/64 dev v0");
    let wanted = "2001:db8::5".parse::<std::net::IpAddr>().unwrap();
    for expected in [true, false] {
        let tentative = ear.event(|event| match event {
            Event::Address {
                address,
                removed: false,
                ..
            } if address.address == wanted => Some(address.tentative),
            _ => None,
        });
        assert_eq!(tentative, expected);
    }
}
