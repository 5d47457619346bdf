//! Ports in use against a real kernel, in a network namespace of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{in_namespace, is_inside, run};
use holdfast_core::conntrack::count;
use std::net::{IpAddr, TcpListener, TcpStream};

#[test]
fn conntrack_in_a_namespace() {
    in_namespace("ports_of_an_address_are_counted_by_whom_they_lead_to");
}

#[test]
#[ignore = "run by conntrack_in_a_namespace"]
fn ports_of_an_address_are_counted_by_whom_they_lead_to() {
    if !is_inside() {
        return;
    }
    run("ip link set lo up");
    // Whoever asks for the state of connections has them tracked.
    run("nft add table inet tracked");
    run("nft add chain inet tracked output { type filter hook output priority 0 ; }");
    run("nft add rule inet tracked output ct state new accept");
    let servers =
        ["127.0.0.2:0", "127.0.0.3:0", "[::1]:0"].map(|at| TcpListener::bind(at).unwrap());
    let held: Vec<TcpStream> = [(0, 3), (1, 1), (2, 2)]
        .iter()
        .flat_map(|(server, times)| {
            let at = servers[*server].local_addr().unwrap();
            (0..*times).map(move |_| TcpStream::connect(at).unwrap())
        })
        .collect();
    let local: Vec<IpAddr> = ["127.0.0.1", "::1", "127.0.0.9"]
        .map(|at| at.parse().unwrap())
        .to_vec();
    let uses = count(&local, 1).unwrap();
    let busiest = |index: usize| uses[index].busiest.clone().unwrap();
    assert_eq!(
        uses.iter().map(|one| one.connections).collect::<Vec<_>>(),
        [4, 2, 0]
    );
    assert_eq!(busiest(0).server, servers[0].local_addr().unwrap().ip());
    assert_eq!(busiest(0).port, servers[0].local_addr().unwrap().port());
    assert_eq!((busiest(0).connections, busiest(0).protocol), (3, 6));
    assert_eq!(busiest(1).connections, 2);
    assert_eq!(uses[2].busiest, None);
    assert_eq!(count(&local, 1_000_000).unwrap(), []);
    drop(held);
}
