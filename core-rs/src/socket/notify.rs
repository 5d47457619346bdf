//! Messages to the service manager (`sd_notify(3)`).

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Sends one message to the socket of `NOTIFY_SOCKET`: a path, or `@` and an abstract name. Never
/// blocks.
pub fn notify(socket: &str, text: &str) -> io::Result<()> {
    let address = match socket.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None if socket.starts_with('/') => SocketAddr::from_pathname(socket)?,
        // A virtual machine's host (vsock) listens to its own service manager.
        None => return Err(io::ErrorKind::Unsupported.into()),
    };
    let sender = UnixDatagram::unbound()?;
    sender.set_nonblocking(true)?;
    sender.send_to_addr(text.as_bytes(), &address).map(drop)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn heard(manager: &UnixDatagram) -> String {
        let mut buffer = [0; 256];
        let length = manager.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    #[test]
    fn notify_reaches_a_path_and_an_abstract_name() {
        let path = std::env::temp_dir().join(format!("holdfast-notify-{}", std::process::id()));
        let manager = UnixDatagram::bind(&path).unwrap();
        notify(path.to_str().unwrap(), "READY=1\nSTATUS=Grüße").unwrap();
        assert_eq!(heard(&manager), "READY=1\nSTATUS=Grüße");
        std::fs::remove_file(&path).unwrap();

        let name = format!("holdfast-notify-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let manager = UnixDatagram::bind_addr(&address).unwrap();
        notify(&format!("@{name}"), "WATCHDOG=1").unwrap();
        assert_eq!(heard(&manager), "WATCHDOG=1");
    }

    #[test]
    fn notify_nobody_listens_to_is_an_error() {
        let missing = notify("/nonexistent/notify", "READY=1").unwrap_err();
        assert_eq!(missing.raw_os_error(), Some(libc::ENOENT));
        assert!(notify("vsock:2:1234", "READY=1").is_err());
    }
}
