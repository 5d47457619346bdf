use super::*;
use crate::protocol::Exchange;

fn order(moment: u64, jitter: u64) -> Order {
    Order {
        seq: 1,
        count: 0,
        probe: Box::new(Probe {
            address: std::net::Ipv4Addr::LOCALHOST.into(),
            port: 80,
            source: None,
            source_port: None,
            ifname: None,
            fwmark: None,
            timeout: 1_000_000,
            exchange: Exchange::Connect,
        }),
        interval: 1_000_000,
        jitter,
        expect: None,
        moment,
        attempt: None,
        disturbed: false,
        again: false,
    }
}

#[test]
fn order_starts_within_its_jitter_spread_over_orders_and_over_moments() {
    assert_eq!(order(5_000_000, 0).start(7), 5_000_000);
    let late = |number: u32, moment: u64| order(moment, 400_000).start(number) - moment;
    let by_order: Vec<u64> = (0..64).map(|number| late(number, 5_000_000)).collect();
    let by_moment: Vec<u64> = (0..64).map(|nth| late(7, nth * 1_000_000)).collect();
    for all in [by_order, by_moment] {
        assert!(all.iter().all(|late| *late < 400_000));
        for quarter in 0..4 {
            assert!(all.iter().any(|late| late / 100_000 == quarter), "{all:?}");
        }
    }
}
