//! TLS as a checker speaks it: by default any certificate will do, for what is asked is whether the
//! server serves.

use super::failed::Failed;
use crate::protocol::{Failure, Tls};
use pkcs8::{EncryptedPrivateKeyInfo, SecretDocument};
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// Most ways to speak that are remembered.
const REMEMBERED: usize = 64;

/// What was made of settings, as long as the files they name are the same.
#[derive(Default)]
pub struct TlsConfigs(HashMap<Tls, (Stamps, Arc<ClientConfig>)>);

/// When each file was changed, and its length.
type Stamps = Vec<Option<(SystemTime, u64)>>;

impl TlsConfigs {
    /// How to speak by these settings.
    pub fn get(&mut self, settings: &Tls) -> Result<Arc<ClientConfig>, Failed> {
        let stamps = stamps_of(settings);
        if let Some((before, config)) = self.0.get(settings) {
            if *before == stamps {
                return Ok(config.clone());
            }
        }
        let config = Arc::new(make(settings).ok_or((Failure::Unusable, 0))?);
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(settings.clone(), (stamps, config.clone()));
        Ok(config)
    }
}

fn stamps_of(settings: &Tls) -> Stamps {
    let files = [&settings.ca, &settings.certificate, &settings.key];
    let stamp = |path: &String| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    files.into_iter().flatten().map(stamp).collect()
}

fn make(settings: &Tls) -> Option<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().ok()?;
    let builder = if settings.verify {
        builder.with_root_certificates(roots(settings)?)
    } else {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
    };
    let mut config = match (&settings.certificate, &settings.key) {
        (None, None) => builder.with_no_client_auth(),
        (certificate, key) => {
            // As with OpenSSL, one file may hold both.
            let certificate = certificate.as_ref().or(key.as_ref())?;
            let key = key.as_ref().unwrap_or(certificate);
            let key = private_key(key, settings.password.as_deref())?;
            let chain = certificates(certificate)?;
            builder.with_client_auth_cert(chain, key).ok()?
        }
    };
    // Each probe asks for the whole handshake.
    config.resumption = Resumption::disabled();
    Some(config)
}

fn roots(settings: &Tls) -> Option<RootCertStore> {
    let trusted = match &settings.ca {
        Some(path) => certificates(path)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted);
    (!roots.is_empty()).then_some(roots)
}

fn certificates(path: impl AsRef<Path>) -> Option<Vec<CertificateDer<'static>>> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).ok()?.collect();
    all.ok().filter(|all| !all.is_empty())
}

/// The first private key of a file: plain, or PKCS #8 encrypted (RFC 5958 §3).
fn private_key(path: impl AsRef<Path>, password: Option<&str>) -> Option<PrivateKeyDer<'static>> {
    let text = std::fs::read(path).ok()?;
    if let Ok(key) = PrivateKeyDer::from_pem_slice(&text) {
        return Some(key);
    }
    let encrypted = section(std::str::from_utf8(&text).ok()?, "ENCRYPTED PRIVATE KEY")?;
    let (_, encrypted) = SecretDocument::from_pem(encrypted).ok()?;
    let encrypted = EncryptedPrivateKeyInfo::try_from(encrypted.as_bytes()).ok()?;
    let plain = encrypted.decrypt(password?).ok()?;
    PrivateKeyDer::try_from(plain.as_bytes().to_vec()).ok()
}

/// The first section of PEM text with this label (RFC 7468 §2).
fn section<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let rest = text.get(text.find(&format!("-----BEGIN {label}-----"))?..)?;
    let last = format!("-----END {label}-----");
    rest.get(..rest.find(&last)? + last.len())
}

/// Takes whatever certificate there is, and believes whoever holds it.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
