//! What is of no order alone: routes, rules, tables of nftables, links and settings of the dead daemon.
//! It goes last, when every will is carried out. Knows no socket or kernel.

use super::message::{Deed, Message};
use std::collections::BTreeMap;

/// All there is to undo, by its number.
#[derive(Debug, Default)]
pub struct Estate(BTreeMap<u32, Deed>);

impl Estate {
    /// Takes a message, if it is about this.
    pub fn enter(&mut self, message: &Message) {
        match message {
            Message::Estate { number, deed } => drop(self.0.insert(*number, deed.clone())),
            Message::Settled { number } => drop(self.0.remove(number)),
            _ => {}
        }
    }

    /// What is to be done, what came last first; afterwards there is nothing more.
    pub fn take_all(&mut self) -> Vec<Deed> {
        let all = std::mem::take(&mut self.0);
        all.into_values().rev().collect()
    }

    /// Somebody else has it by now.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(number: u32) -> Message {
        let deed = Deed::Route(vec![number as u8]);
        Message::Estate { number, deed }
    }

    #[test]
    fn what_came_last_goes_first_and_what_is_settled_stays() {
        let mut estate = Estate::default();
        for number in [1, 2, 3] {
            estate.enter(&told(number));
        }
        estate.enter(&Message::Settled { number: 2 });
        assert_eq!(
            estate.take_all(),
            [Deed::Route(vec![3]), Deed::Route(vec![1])]
        );
        assert!(estate.take_all().is_empty());
    }

    #[test]
    fn every_deed_is_read_as_it_was_written() {
        let setting = Deed::Setting {
            name: "net/ipv4/conf/eth0/promote_secondaries".into(),
            is: "1".into(),
            was: "0".into(),
        };
        for deed in [Deed::Route(vec![1, 2]), Deed::Netfilter(vec![3]), setting] {
            let message = Message::Estate { number: 7, deed };
            let bytes = message.encode();
            assert_eq!(Message::decode(&bytes), Some(message));
            for length in 0..bytes.len().min(9) {
                let _ = Message::decode(bytes.get(..length).unwrap_or_default());
            }
        }
    }
}
