//! What is asked of a real server, and what came of it.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;
#[cfg(test)]
use ts_rs::TS;

/// What a probe does. Policy (which answers are good, how often to retry) is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// Target address.
    pub address: IpAddr,
    /// Target port.
    pub port: u16,
    /// Local address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub source: Option<IpAddr>,
    /// Local port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub source_port: Option<u16>,
    /// Local interface (`SO_BINDTODEVICE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ifname: Option<String>,
    /// `SO_MARK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub fwmark: Option<u32>,
    /// Time for connecting, and then between any two pieces of what is sent and received, µs.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout: u64,
    /// What to do when connected.
    pub exchange: Exchange,
}

/// What a probe says, and over what. The target's port is of no meaning to a ping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Exchange {
    /// Nothing: TCP connect only.
    Connect,
    /// One HTTP GET per entry, one after another, each over a connection of its own; ends at the
    /// first failure to get a response.
    Http {
        /// The requests.
        requests: Vec<HttpRequest>,
        /// Most time from a connection to the end of the response over it, µs.
        #[cfg_attr(test, ts(type = "number"))]
        limit: u64,
        /// Over TLS, and how; absent: in the clear.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        tls: Option<Tls>,
    },
    /// Waits for a greeting, says hello, then quits, each when the reply before completed (2xx).
    Smtp {
        /// The line said after the greeting, without its end.
        hello: String,
        /// Most time from the connection to the last reply, µs.
        #[cfg_attr(test, ts(type = "number"))]
        limit: u64,
    },
    /// Sends a DNS query over UDP and waits for its answer; what answers something else is not heard.
    Dns {
        /// The query message, hexadecimal; the core puts a number of its own into its first two
        /// bytes.
        hex: String,
    },
    /// Sends a UDP datagram and listens until the time is up.
    Datagram {
        /// What is sent, hexadecimal.
        hex: String,
        /// What the beginning of a reply is compared with, as far as it goes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        pattern: Option<BytePattern>,
    },
    /// Sends an ICMP echo request and waits for its reply.
    Ping,
}

/// Bytes of which only some bits count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct BytePattern {
    /// The bytes, hexadecimal.
    pub hex: String,
    /// Which of their bits count, hexadecimal, as many bytes.
    pub mask: String,
}

/// One HTTP GET.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct HttpRequest {
    /// The complete request head as text, ending in an empty line; TypeScript composes it.
    pub head: String,
    /// Name sent in the TLS handshake, and the one a certificate that is verified must have; absent:
    /// none is sent, and the target's address must stand in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub server_name: Option<String>,
    /// TLS is ended as its specification says: by close_notify from both sides.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub close_notify: bool,
    /// What is looked for in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub pattern: Option<Pattern>,
}

/// How TLS is spoken. Files are PEM, read when the first probe needs them and again when they change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Tls {
    /// Whether the server's certificate must be trusted and have its name; else any is taken.
    pub verify: bool,
    /// File of certificates that are trusted; absent: those the machine trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ca: Option<String>,
    /// File of the client's certificate and those that lead to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub certificate: Option<String>,
    /// File of its private key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub key: Option<String>,
    /// What the key is encrypted with (PKCS #8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub password: Option<String>,
}

/// What is looked for in the first 1 MiB of a body.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Pattern {
    /// In the syntax of the crate `regex`, over bytes.
    pub text: String,
    /// The end is also that before a last line feed.
    pub before_last_line_feed: bool,
    /// First offset at which a match may start.
    pub from: u32,
    /// Last offset at which a match may start; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub to: Option<u32>,
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    /// The connection was made.
    Connected,
    /// Every request was answered.
    Responses {
        /// One per request, in order.
        responses: Vec<HttpResponse>,
    },
    /// The replies of an SMTP server, up to the first that was none of completion (2xx); the last may
    /// be missing when the server closed instead.
    Replies {
        /// Their codes, 100 to 999, in order.
        codes: Vec<u16>,
    },
    /// The answer to a DNS query.
    Answer {
        /// Its response code (RFC 1035 §4.1.1), 0 to 15.
        code: u8,
    },
    /// A datagram came back.
    Datagram {
        /// Its length, bytes.
        length: u32,
        /// Whether it agrees with the pattern; true without one.
        matches: bool,
    },
    /// The time is up, and neither a datagram nor an error came.
    Silent,
    /// The echo reply came.
    Echoed,
    /// No answer.
    Failed {
        /// Index of the request that failed; 0 for a connect.
        request: u32,
        /// Where it ended.
        failure: Failure,
        /// `errno`, 0 if none applies.
        errno: i32,
    },
}

/// Where a probe failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// Socket could not be made or bound.
    Local,
    /// Refused, unreachable or reset while connecting.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// The connection broke before the response was complete.
    Read,
    /// Nothing, or nothing more of a response, in time.
    ReadTimeout,
    /// The response goes on and on: its limit is over.
    ResponseTimeout,
    /// What came is not of the protocol.
    Malformed,
    /// The head of the response, or a reply, is longer than 16 KiB.
    HeadTooLong,
    /// The TLS handshake failed, or what came is not TLS; `errno` is the number of the alert, if one
    /// came.
    Tls,
    /// The server's certificate is not trusted, or has another name.
    Certificate,
    /// TLS was cut off: the connection ended without close_notify.
    Truncated,
    /// The certificates or the key for TLS cannot be read, or the pattern cannot be used.
    Unusable,
}

/// Summary of an HTTP response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct HttpResponse {
    /// Status code, 100 to 999.
    pub status: u16,
    /// MD5 of the body, 32 lower-case hexadecimal digits.
    pub digest: String,
    /// Length of the body as far as it was read, bytes.
    pub length: u32,
    /// How the body ended.
    pub end: BodyEnd,
    /// Whether the pattern was found; absent when none was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub matched: Option<bool>,
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum BodyEnd {
    /// As its head announced.
    Complete,
    /// The connection was closed before.
    Cut,
    /// Its chunks cannot be told apart.
    Malformed,
    /// It is longer than 64 MiB, of which no more was read.
    TooLong,
}
