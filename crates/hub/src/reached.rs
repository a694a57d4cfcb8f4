//! How a request reached us: by which of our names, and whether its sender spoke HTTPS.

use crate::state::Hub;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

/// What a proxy says of the sender's side.
const FORWARDED_PROTO: &str = "x-forwarded-proto";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub host: String,
    pub https: bool,
}

impl Reached {
    /// With a certificate of our own it was HTTPS. Without one we listen on loopback, so that whoever came by another name
    /// came through a proxy; what that says is believed, since only this machine can say it.
    fn of(headers: &HeaderMap, uri: &Uri, tls: bool) -> Self {
        let host = host_of(headers, uri);
        let told = headers.get(FORWARDED_PROTO).and_then(|v| v.to_str().ok()).and_then(|v| v.split(',').next());
        let https = tls || told.map_or_else(|| !is_here(&host), |told| told.trim().eq_ignore_ascii_case("https"));
        Self { host, https }
    }

    /// Where the sender finds us again.
    pub fn base_url(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}", self.host)
    }
}

impl FromRequestParts<Arc<Hub>> for Reached {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, &parts.uri, hub.tls))
    }
}

/// The name and port that were asked for: a header of HTTP/1, part of the address in HTTP/2.
pub fn host_of(headers: &HeaderMap, uri: &Uri) -> String {
    let header = headers.get(header::HOST).and_then(|h| h.to_str().ok()).map(str::to_owned);
    header.or_else(|| uri.authority().map(ToString::to_string)).unwrap_or_default()
}

/// The host without its port: `[::1]:80` and `localhost:80` alike.
pub fn host_name(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    }
}

/// Whether a host is this machine to itself.
fn is_here(host: &str) -> bool {
    let name = host_name(host);
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_without_its_port() {
        assert_eq!(host_name("localhost:8080"), "localhost");
        assert_eq!(host_name("[::1]:8080"), "::1");
        assert_eq!(host_name("hub.camden.example"), "hub.camden.example");
    }

    #[test]
    fn who_came_by_a_public_name_or_says_so_came_over_https() {
        for (host, told, tls, url) in [
            ("127.0.0.1:8480", None, false, "http://127.0.0.1:8480"),
            ("[::1]:8480", None, false, "http://[::1]:8480"),
            ("localhost", None, false, "http://localhost"),
            ("127.0.0.1:8480", None, true, "https://127.0.0.1:8480"),
            ("hub.example", None, false, "https://hub.example"),
            ("localhost:8480", Some("https"), false, "https://localhost:8480"),
            ("hub.example", Some("http"), false, "http://hub.example"),
            ("hub.example", Some("https, http"), false, "https://hub.example"),
            ("hub.example", Some("http"), true, "https://hub.example"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(told) = told {
                headers.insert(FORWARDED_PROTO, told.parse().unwrap());
            }
            assert_eq!(Reached::of(&headers, &Uri::from_static("/"), tls).base_url(), url, "{told:?}, {tls}");
        }
        let in_the_address = Uri::from_static("https://hub.example:8480/v1/enrol-codes");
        assert_eq!(Reached::of(&HeaderMap::new(), &in_the_address, true).host, "hub.example:8480");
    }
}
