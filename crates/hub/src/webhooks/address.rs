//! Where messages to partners may go: to public names over HTTPS, or to this machine.

use reqwest::Url;
use std::net::IpAddr;

const URL_CHARS_MAX: usize = 2048;

/// The address, or what is wrong with it.
pub fn check(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "this is no address like https://partner.example.net/hook")?;
    if text.len() > URL_CHARS_MAX {
        return Err("the address is too long");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address with a password in it is not kept: the signature says who sends");
    }
    if url.fragment().is_some() {
        return Err("leave out what follows #: it is never sent");
    }
    let here = is_here(&url);
    let public = url.scheme() == "https" && url.domain().is_some_and(|d| d.contains('.'));
    match url.scheme() {
        _ if public || here => Ok(url),
        "https" => Err("give a public name: an address of our own network is not called"),
        _ => Err("give an https:// address; http:// is for this machine only"),
    }
}

/// This machine to itself.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    matches!(url.scheme(), "http" | "https")
        && (host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()))
}

/// Scheme, host and port: what may stand in a log, where the rest of an address may be a secret.
pub fn origin(text: &str) -> String {
    Url::parse(text).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_to_public_names_over_https_or_to_this_machine() {
        for good in [
            "https://partner.example.net/hook?who=us",
            "https://partner.example.net:8443/",
            "http://127.0.0.1:9000/hook",
            "http://localhost/hook",
            "http://[::1]:9000/",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "http://partner.example.net/hook",
            "https://10.0.0.7/hook",
            "https://192.168.1.1/hook",
            "https://169.254.169.254/latest",
            "https://8.8.8.8/hook",
            "https://intranet/hook",
            "http://10.0.0.7/hook",
            "https://user:word@partner.example.net/",
            "https://partner.example.net/#part",
            "ftp://partner.example.net/",
            "partner.example.net",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check(&format!("https://partner.example.net/{}", "x".repeat(URL_CHARS_MAX))).is_err());
        assert_eq!(origin("https://partner.example.net/secret/path"), "https://partner.example.net");
    }
}
