//! What threads of the core leave for one another: any number of senders, one receiver that is woken.
//!
//! What comes out of the core for TypeScript is another thing, see `queue.rs`: it is drained as bytes.

use crate::error::Error;
use crate::sys::wake::Wake;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// The sender's end. Usable from any thread, never blocks. The receiver is woken when the last one is
/// dropped, too.
#[derive(Debug)]
pub struct Post<T> {
    /// Absent while it is being dropped: the end is to be seen by whoever is woken by it.
    sender: Option<Sender<T>>,
    wake: Arc<Wake>,
}

/// The receiver's end.
#[derive(Debug)]
pub struct Mailbox<T> {
    receiver: Receiver<T>,
    wake: Arc<Wake>,
}

/// What was found in a mailbox.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<T> {
    /// The message that came first.
    Message(T),
    /// Nothing by now.
    Nothing,
    /// Nothing, and nothing will come: every sender is gone.
    Closed,
}

/// A mailbox and its first sender.
pub fn mailbox<T>() -> Result<(Post<T>, Mailbox<T>), Error> {
    let wake = Wake::new().map_err(Error::system("make an event descriptor"))?;
    let wake = Arc::new(wake);
    let (sender, receiver) = channel();
    let post = Post {
        sender: Some(sender),
        wake: wake.clone(),
    };
    Ok((post, Mailbox { receiver, wake }))
}

impl<T> Post<T> {
    /// Leaves a message; false when the receiver is gone.
    pub fn put(&self, message: T) -> bool {
        let left = self.sender.as_ref().map(|sender| sender.send(message));
        self.wake.signal();
        matches!(left, Some(Ok(())))
    }
}

impl<T> Clone for Post<T> {
    fn clone(&self) -> Self {
        Self {
            sender: self.sender.clone(),
            wake: self.wake.clone(),
        }
    }
}

impl<T> Drop for Post<T> {
    fn drop(&mut self) {
        drop(self.sender.take());
        self.wake.signal();
    }
}

impl<T> Mailbox<T> {
    /// Makes it unreadable until something more comes. To be called before [`Mailbox::take`], so that
    /// nothing is overlooked.
    pub fn clear(&self) {
        self.wake.clear();
    }

    /// Takes a message. Who stops before there is none has to [`Mailbox::come_back`].
    pub fn take(&self) -> Taken<T> {
        match self.receiver.try_recv() {
            Ok(message) => Taken::Message(message),
            Err(TryRecvError::Empty) => Taken::Nothing,
            Err(TryRecvError::Disconnected) => Taken::Closed,
        }
    }

    /// Makes it readable again: something may be left.
    pub fn come_back(&self) {
        self.wake.signal();
    }
}

/// Readable from the first message to [`Mailbox::clear`].
impl<T> AsFd for Mailbox<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::sys::epoll::{Epoll, Ready64};

    fn is_readable(mailbox: &Mailbox<u32>) -> bool {
        let (epoll, mut ready) = (Epoll::new().unwrap(), Ready64::default());
        epoll.add(mailbox, libc::EPOLLIN, 0).unwrap();
        epoll.wait(&mut ready, 0).unwrap();
        ready.iter().count() > 0
    }

    #[test]
    fn mailbox_is_readable_while_something_came_that_was_not_looked_for() {
        let (post, mailbox) = mailbox().unwrap();
        assert!(!is_readable(&mailbox));
        assert!(post.put(1) && post.clone().put(2));
        assert!(is_readable(&mailbox));
        mailbox.clear();
        assert!(!is_readable(&mailbox));
        assert_eq!(mailbox.take(), Taken::Message(1));
        mailbox.come_back();
        assert!(is_readable(&mailbox));
        assert_eq!(mailbox.take(), Taken::Message(2));
        assert_eq!(mailbox.take(), Taken::Nothing);
    }

    #[test]
    fn mailbox_whose_last_sender_goes_wakes_and_is_closed_behind_what_was_left() {
        let (post, mailbox) = mailbox().unwrap();
        let other = post.clone();
        other.put(1);
        drop(post);
        assert_eq!(mailbox.take(), Taken::Message(1));
        mailbox.clear();
        assert_eq!(mailbox.take(), Taken::Nothing);
        drop(other);
        assert!(is_readable(&mailbox));
        assert_eq!(mailbox.take(), Taken::Closed);
    }

    #[test]
    fn post_whose_receiver_is_gone_says_so() {
        let (post, mailbox) = mailbox::<u32>().unwrap();
        drop(mailbox);
        assert!(!post.put(1));
    }
}
