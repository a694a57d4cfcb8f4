//! Which push services may be called. A phone names the address, so it must not lead into our own network: only names
//! of the public internet over HTTPS, besides what `--push-service` opens.

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest known are under 600 characters.
const ENDPOINT_CHARS_MAX: usize = 2048;

#[derive(Clone, Debug, Default)]
pub struct Services {
    /// Origins (`http://127.0.0.1:4000`) an administrator named: a service of one's own, or a test's.
    also: Vec<String>,
}

impl Services {
    pub fn new(also: &[String]) -> anyhow::Result<Self> {
        let origin = |text: &String| match Url::parse(text) {
            Ok(url) if url.has_host() && matches!(url.scheme(), "http" | "https") => Ok(origin_of(&url)),
            _ => anyhow::bail!("--push-service: “{text}” is no address like https://push.example.net"),
        };
        Ok(Self { also: also.iter().map(origin).collect::<anyhow::Result<_>>()? })
    }

    /// The address, when it may be called.
    pub fn allowed(&self, endpoint: &str) -> Option<Url> {
        let url = Url::parse(endpoint).ok().filter(|_| endpoint.len() <= ENDPOINT_CHARS_MAX)?;
        let plain = url.username().is_empty() && url.password().is_none();
        let public = url.scheme() == "https" && url.port().is_none() && url.domain().is_some_and(|d| d.contains('.'));
        (plain && (public || self.also.contains(&origin_of(&url)))).then_some(url)
    }

    /// Looks names up, and gives public addresses only: a public name may point anywhere.
    pub fn resolver(&self) -> PublicOnly {
        let host = |origin: &String| Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned));
        PublicOnly::except(self.also.iter().filter_map(host))
    }
}

/// What a signature for the service names it: `https://push.example.net`.
pub fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

pub struct PublicOnly {
    except: Vec<String>,
}

impl PublicOnly {
    /// These names may lead anywhere.
    pub fn except(names: impl IntoIterator<Item = String>) -> Self {
        Self { except: names.into_iter().collect() }
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let anywhere = self.except.contains(&host);
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let addresses: Vec<_> = found.filter(|a| anywhere || is_public(a.ip())).collect();
            if addresses.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// Without the blocks of the IANA special-purpose registry (RFC 6890) that are not globally reachable.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let embedded = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        // An IPv4 address in other clothes: mapped, translated (NAT64), 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            is_public_v4(embedded(high, low))
        }
        // Documentation, benchmarking, Teredo and the other protocol assignments.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Global unicast is 2000::/3; loopback, local, link-local and multicast lie outside.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_to_public_names_is_called_unless_opened() {
        let closed = Services::default();
        for good in ["https://fcm.googleapis.com/fcm/send/abc", "https://web.push.apple.com/QG"] {
            assert!(closed.allowed(good).is_some(), "{good}");
        }
        for bad in [
            "http://fcm.googleapis.com/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://10.0.0.7/x",
            "https://8.8.8.8/x",
            "https://0x7f000001/x",
            "https://localhost/x",
            "https://intranet/x",
            "https://push.example.net:8443/x",
            "https://user:word@push.example.net/x",
            "http://127.0.0.1:4000/x",
            "file:///etc/passwd",
            "nothing",
        ] {
            assert!(closed.allowed(bad).is_none(), "{bad}");
        }
        let long = format!("https://push.example.net/{}", "x".repeat(ENDPOINT_CHARS_MAX));
        assert!(closed.allowed(&long).is_none());
        let open = Services::new(&["http://127.0.0.1:4000".into()]).unwrap();
        assert!(open.allowed("http://127.0.0.1:4000/x").is_some());
        assert!(open.allowed("http://127.0.0.1:4001/x").is_none());
        assert!(open.allowed("http://user@127.0.0.1:4000/x").is_none());
        assert!(Services::new(&["127.0.0.1".into()]).is_err());
    }

    #[test]
    fn addresses_of_our_own_networks_are_not_public() {
        for public in ["8.8.8.8", "142.250.1.1", "2a00:1450:4009::1", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for own in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::a9fe:a9fe",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(own.parse().unwrap()), "{own}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_called_unless_it_was_opened() {
        let look = async |services: Services| services.resolver().resolve("localhost".parse().unwrap()).await.is_ok();
        assert!(!look(Services::default()).await);
        assert!(look(Services::new(&["http://localhost:4000".into()]).unwrap()).await);
    }
}
