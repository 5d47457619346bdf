//! One mail to one relay (RFC 5321), in a thread of its own: a relay that does not answer holds up nobody.
//!
//! HELO, MAIL, RCPT for each recipient, DATA, QUIT, as keepalived says it. What is refused for one recipient is sent to the others;
//! whether to try again is not decided here.

use crate::error::Error;
use crate::protocol::Mail;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// Most bytes of a line of a reply (RFC 5321 §4.5.3.1.5 has 512).
const LONGEST: u64 = 2_048;

/// Most lines of a reply.
const LINES: usize = 128;

/// Sends a mail.
pub fn send(mail: &Mail) -> Result<(), Error> {
    let relay = || format!("{} port {}", mail.server, mail.port);
    converse(mail).map_err(|source| Error::Mail {
        relay: relay(),
        source,
    })
}

fn converse(mail: &Mail) -> io::Result<()> {
    let timeout = Duration::from_micros(mail.timeout.max(1));
    let stream = connect(mail, timeout)?;
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(timeout))?;
    let mut relay = Relay {
        lines: BufReader::new(stream.try_clone()?),
        stream,
    };
    relay.reply("220")?;
    relay.say(&format!("HELO {}", one_line(&mail.helo)))?;
    relay.reply("250")?;
    relay.say(&format!("MAIL FROM:<{}>", one_line(&mail.from)))?;
    relay.reply("250")?;
    let mut refused = None;
    let mut taken = 0;
    for recipient in &mail.to {
        relay.say(&format!("RCPT TO:<{}>", one_line(recipient)))?;
        match relay.reply("25") {
            Ok(()) => taken += 1,
            Err(error) if error.kind() == io::ErrorKind::Other => refused = Some(error),
            Err(error) => return Err(error),
        }
    }
    if taken > 0 {
        relay.say("DATA")?;
        relay.reply("354")?;
        relay.data(&mail.text)?;
        relay.reply("250")?;
    }
    // It is sent, whatever comes of that.
    let _ = relay.say("QUIT").and_then(|()| relay.reply("221"));
    refused.map_or(Ok(()), Err)
}

/// The first address that answers, all of them in one timeout.
fn connect(mail: &Mail, timeout: Duration) -> io::Result<TcpStream> {
    let end = Instant::now() + timeout;
    let mut failure = io::Error::other("it has no address");
    for address in (mail.server.as_str(), mail.port).to_socket_addrs()? {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(failure);
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Without what would begin another command.
fn one_line(text: &str) -> String {
    text.chars().filter(|one| !one.is_control()).collect()
}

struct Relay {
    lines: BufReader<TcpStream>,
    stream: TcpStream,
}

impl Relay {
    fn say(&mut self, command: &str) -> io::Result<()> {
        self.stream.write_all(format!("{command}\r\n").as_bytes())
    }

    /// The mail, in lines as they are on the wire, with dots doubled at their beginning (RFC 5321 §4.5.2).
    fn data(&mut self, text: &str) -> io::Result<()> {
        let mut wire = String::new();
        for line in text.lines() {
            if line.starts_with('.') {
                wire.push('.');
            }
            wire.push_str(line);
            wire.push_str("\r\n");
        }
        wire.push_str(".\r\n");
        self.stream.write_all(wire.as_bytes())
    }

    /// Takes a reply, which must begin so.
    fn reply(&mut self, wanted: &str) -> io::Result<()> {
        for _ in 0..LINES {
            let mut line = Vec::new();
            let length = (&mut self.lines)
                .take(LONGEST)
                .read_until(b'\n', &mut line)?;
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = String::from_utf8_lossy(&line);
            if line.as_bytes().get(3) == Some(&b'-') {
                continue;
            }
            if line.starts_with(wanted) {
                return Ok(());
            }
            return Err(io::Error::other(format!("it says {}", line.trim())));
        }
        Err(io::ErrorKind::InvalidData.into())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    /// A relay that says these lines, one after each that it hears, and gives what it heard.
    fn relay(says: &'static [&'static str]) -> (u16, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let talk = move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let mut heard: Vec<String> = Vec::new();
            for say in says {
                stream.write_all(format!("{say}\r\n").as_bytes()).unwrap();
                let data = say.starts_with("354");
                while let Some(Ok(line)) = lines.next() {
                    heard.push(line.clone());
                    if !data || line == "." {
                        break;
                    }
                }
            }
            heard
        };
        (port, std::thread::spawn(talk))
    }

    fn mail(port: u16) -> Mail {
        Mail {
            server: "127.0.0.1".into(),
            port,
            timeout: 20_000_000,
            helo: "node\r\nRSET".into(),
            from: "a@x".into(),
            to: vec!["b@x".into(), "c@x".into()],
            text: "Subject: s\n\n.body\n".into(),
        }
    }

    #[test]
    fn mail_goes_to_every_recipient_with_dots_doubled_and_no_line_of_its_own() {
        let (port, relay) = relay(&[
            "220-many\r\n220 ready",
            "250 hello",
            "250 ok",
            "250 ok",
            "251 forwarded",
            "354 go",
            "250 taken",
            "221 bye",
        ]);
        converse(&mail(port)).unwrap();
        let heard = [
            "HELO nodeRSET",
            "MAIL FROM:<a@x>",
            "RCPT TO:<b@x>",
            "RCPT TO:<c@x>",
            "DATA",
            "Subject: s",
            "",
            "..body",
            ".",
            "QUIT",
        ];
        assert_eq!(relay.join().unwrap(), heard);
    }

    #[test]
    fn mail_that_is_refused_for_one_is_sent_to_the_others_and_says_so() {
        let (port, relay) = relay(&[
            "220 ready",
            "250 ok",
            "250 ok",
            "550 who",
            "250 ok",
            "354 go",
            "250 ok",
            "221 bye",
        ]);
        let error = converse(&mail(port)).unwrap_err();
        assert_eq!(error.to_string(), "it says 550 who");
        assert!(relay.join().unwrap().contains(&"..body".to_owned()));
    }

    #[test]
    fn mail_to_a_relay_that_is_silent_endless_or_not_there_fails_in_time() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let timeout = 50_000;
        let port = silent.local_addr().unwrap().port();
        send(&Mail {
            timeout,
            ..mail(port)
        })
        .unwrap_err();
        drop(silent);
        send(&Mail {
            timeout,
            ..mail(port)
        })
        .unwrap_err();
        let (port, relay) = relay(&["no greeting"]);
        send(&mail(port)).unwrap_err();
        relay.join().unwrap();
    }
}
