//! The mail server, and one letter on its way to it.

use crate::config::Config;
use anyhow::{Context, bail};
use domain::World;
use domain::callout::Callout;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::Url;
use std::net::IpAddr;
use std::time::Duration;
use store::ReportMail;
use tokio::sync::Notify;

/// A server that says nothing for so long is tried again later.
const TRY_LIMIT: Duration = Duration::from_secs(30);

pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Something new waits.
    pub look: Notify,
    /// All waits times this: 1, or less for a test.
    pub pace: f64,
}

/// What came of a try, in the server's words.
pub enum Told {
    Sent(String),
    /// Asking again changes nothing.
    Refused(String),
    Again(String),
}

impl Mail {
    /// None where no server is configured.
    pub fn configured(config: &Config, pace: f64) -> anyhow::Result<Option<Self>> {
        let Some(server) = &config.smtp_server else {
            if config.smtp_from.is_some() || config.smtp_user.is_some() {
                bail!("smtp_from and smtp_user need smtp_server");
            }
            return Ok(None);
        };
        crate::serve::install_crypto();
        let from = config.smtp_from.as_deref().context("smtp_server needs smtp_from: whom reports come from")?;
        let from = from.parse().with_context(|| format!("smtp_from: “{from}” is no address"))?;
        let (host, port, tls) = server_of(server)?;
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host).port(port).tls(tls).timeout(Some(TRY_LIMIT));
        if let Some(user) = &config.smtp_user {
            let file = config.smtp_password_file.as_deref().context("smtp_user needs smtp_password_file")?;
            let password =
                std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
            transport = transport.credentials(Credentials::new(user.clone(), password.trim_end().to_owned()));
        }
        Ok(Some(Self { transport: transport.build(), from, look: Notify::new(), pace }))
    }

    pub async fn send(&self, world: &World, callout: &Callout, letter: &ReportMail, pdf: Vec<u8>) -> Told {
        let message = match self.message(world, callout, letter, pdf) {
            Ok(message) => message,
            Err(error) => return Told::Refused(format!("the letter cannot be written: {error}")),
        };
        match tokio::time::timeout(TRY_LIMIT, self.transport.send(message)).await {
            Ok(Ok(answer)) => Told::Sent(answer.message().collect::<Vec<_>>().join(" ")),
            Ok(Err(error)) => told(&error),
            Err(_) => Told::Again(format!("no answer within {} s", TRY_LIMIT.as_secs())),
        }
    }

    fn message(&self, world: &World, callout: &Callout, letter: &ReportMail, pdf: Vec<u8>) -> anyhow::Result<Message> {
        let settings = &world.settings;
        let kept = callout.reports.iter().find(|r| r.what.version == letter.version);
        let addendum = kept.map_or(0, |r| r.what.addendum);
        let site = callout.site.and_then(|id| world.sites.get(&id)).map_or("", |s| s.name.as_str());
        let what = match addendum {
            0 => "Report".to_owned(),
            n => format!("Addendum {n} to the report"),
        };
        let marked = if settings.demonstration { "Demonstration: " } else { "" };
        let subject = format!("{marked}{what} on {} at {site}", callout.number);
        let contact = [&settings.contact.telephone, &settings.contact.email];
        let contact: Vec<&str> = contact.into_iter().map(String::as_str).filter(|c| !c.is_empty()).collect();
        let first = match addendum {
            0 => format!("The report on call-out {} ({site}) is attached.", callout.number),
            n => format!(
                "Addendum {n} to the report on call-out {} ({site}) is attached. What was sent before stands as it was.",
                callout.number
            ),
        };
        let note = if settings.demonstration { "\r\n\r\nThis is a demonstration: nothing in it is real." } else { "" };
        let text = format!("{first}{note}\r\n\r\n{}\r\n{}", settings.service_name, contact.join(" · "));
        let name = match letter.copy.as_str() {
            "full" => format!("{}-v{}-full.pdf", callout.number, letter.version),
            _ => format!("{}-v{}.pdf", callout.number, letter.version),
        };
        let attachment = Attachment::new(name).body(pdf, ContentType::parse("application/pdf")?);
        let domain = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.address.parse()?))
            .subject(subject)
            .message_id(Some(format!("<{}@{domain}>", letter.id)))
            // RFC 3834: nobody's holiday message should answer it.
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .multipart(MultiPart::mixed().singlepart(SinglePart::plain(text)).singlepart(attachment))?;
        Ok(message)
    }
}

/// Host, port and how it is encrypted.
fn server_of(text: &str) -> anyhow::Result<(String, u16, Tls)> {
    let url = Url::parse(text)
        .with_context(|| format!("smtp_server: “{text}” is no address like smtps://mail.example.org"))?;
    if !url.username().is_empty() || url.password().is_some() {
        bail!("smtp_server: name and password belong in smtp_user and smtp_password_file");
    }
    let host = url.host_str().filter(|h| !h.is_empty()).context("smtp_server names no host")?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let here = host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let parameters = || TlsParameters::new(host.clone()).context("no TLS for the mail server");
    Ok(match url.scheme() {
        "smtps" => (host.clone(), url.port().unwrap_or(465), Tls::Wrapper(parameters()?)),
        "smtp+starttls" => (host.clone(), url.port().unwrap_or(587), Tls::Required(parameters()?)),
        "smtp" if here => (host.clone(), url.port().unwrap_or(25), Tls::None),
        "smtp" => bail!("smtp_server: plain smtp:// is for a server on this machine; use smtps:// or smtp+starttls://"),
        other => bail!("smtp_server: “{other}://” is none of smtps://, smtp+starttls:// and smtp://"),
    })
}

/// A wrong password is ours to mend, and the letter waits for it.
fn told(error: &Error) -> Told {
    let words = error_words(error);
    let sign_in = error.status().is_some_and(|code| (530..=538).contains(&u16::from(code)));
    if error.is_permanent() && !sign_in { Told::Refused(words) } else { Told::Again(words) }
}

fn error_words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let more = inner.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        source = inner.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(server: &str) -> Config {
        Config {
            smtp_server: Some(server.into()),
            smtp_from: Some("Patrol <patrol@example.org>".into()),
            ..Config::default()
        }
    }

    #[test]
    fn mail_leaves_encrypted_or_stays_on_this_machine() {
        for good in ["smtps://mail.example.org", "smtp+starttls://mail.example.org:2587", "smtp://127.0.0.1:2525"] {
            assert!(Mail::configured(&config(good), 1.0).is_ok_and(|mail| mail.is_some()), "{good}");
        }
        for (bad, says) in [
            ("smtp://mail.example.org", "on this machine"),
            ("smtps://user:word@mail.example.org", "smtp_password_file"),
            ("http://mail.example.org", "none of"),
            ("mail.example.org", "no address like"),
        ] {
            let error = format!("{:#}", Mail::configured(&config(bad), 1.0).err().expect(bad));
            assert!(error.contains(says), "{bad}: {error}");
        }
    }

    #[test]
    fn what_belongs_together_is_asked_for_together() {
        assert!(Mail::configured(&Config::default(), 1.0).unwrap().is_none());
        let alone = Config { smtp_server: None, ..config("") };
        assert!(Mail::configured(&alone, 1.0).is_err());
        let nobody = Config { smtp_from: None, ..config("smtps://mail.example.org") };
        assert!(Mail::configured(&nobody, 1.0).is_err());
        let no_password = Config { smtp_user: Some("patrol".into()), ..config("smtps://mail.example.org") };
        assert!(Mail::configured(&no_password, 1.0).is_err());
    }
}
