//! The gateway that sends SMS: one request in a form that an administrator describes.

use crate::config::Config;
use anyhow::{Context, bail, ensure};
use domain::command::TextFailure;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode, Url};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Over it, whether an SMS went is not known and none is sent again; a gateway should have said by then.
pub const TRY_LIMIT: Duration = Duration::from_secs(10);
/// What officers' numbers begin with that are written without a country.
const COUNTRY: &str = "44";

pub struct Gateway {
    http: Client,
    url: Url,
    /// `{to}`, `{text}` and `{id}` stand in its texts.
    template: Value,
    form: bool,
    country: String,
    /// How long after it was made an offer that no phone has is told by SMS.
    pub after: chrono::TimeDelta,
    /// All waits times this: 1, or less for a test.
    pub pace: f64,
}

/// What came of one try.
pub enum Told {
    Sent,
    /// Nothing was taken: another try cannot make two of it.
    Again(Option<Duration>),
    Failed(TextFailure),
}

impl Gateway {
    /// None where no gateway is configured.
    pub fn configured(config: &Config, pace: f64) -> anyhow::Result<Option<Self>> {
        let Some(url) = &config.sms_url else {
            let alone =
                config.sms_user.is_some() || config.sms_token_file.is_some() || config.sms_template_file.is_some();
            ensure!(!alone, "sms_user, sms_token_file and sms_template_file need sms_url");
            return Ok(None);
        };
        let url = Url::parse(url)
            .ok()
            .filter(crate::words_lookup::is_private)
            .context("sms_url is https://…; plain http:// is for this machine only, for people's numbers go there")?;
        let in_it = !url.username().is_empty() || url.password().is_some();
        ensure!(!in_it, "sms_url: name and password belong in sms_user and sms_password_file");
        let form = match config.sms_format.as_deref() {
            None | Some("json") => false,
            Some("form") => true,
            Some(other) => bail!("sms_format: “{other}” is neither json nor form"),
        };
        let template = match &config.sms_template_file {
            None => json!({ "to": "{to}", "text": "{text}" }),
            Some(file) => {
                let text = read(file)?;
                serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?
            }
        };
        let flat = template.as_object().is_some_and(|fields| fields.values().all(Value::is_string));
        ensure!(!form || flat, "the template of a form is one object of texts");
        let whole = template.to_string();
        ensure!(
            whole.contains("{to}") && whole.contains("{text}"),
            "the template of an SMS has {{to}} and {{text}} in it"
        );
        let country = config.sms_country.clone().unwrap_or_else(|| COUNTRY.to_owned());
        let digits = !country.is_empty() && country.chars().all(|c| c.is_ascii_digit());
        ensure!(digits, "sms_country is digits, such as 44");
        let headers: HeaderMap = secret(config)?.map(|secret| (AUTHORIZATION, secret)).into_iter().collect();
        let http = Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("watchhouse-hub/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(reqwest::Error::without_url)?;
        let after = chrono::TimeDelta::seconds(config.sms_after_s.unwrap_or(0).into());
        Ok(Some(Self { http, url, template, form, country, after, pace }))
    }

    /// A number as it is written in the register, as gateways want it: `+447700900123`. None for what is no number.
    pub fn number(&self, written: &str) -> Option<String> {
        let plus = written.trim_start().starts_with('+');
        // The zero in brackets is dialled within the country only.
        let digits: String = written.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
        let abroad = if plus { Some(digits.as_str()) } else { digits.strip_prefix("00") };
        let number = match (abroad, digits.strip_prefix('0')) {
            (Some(abroad), _) => abroad.to_owned(),
            (None, Some(national)) => format!("{}{national}", self.country),
            // An extension of the house, or a number nobody can tell the country of.
            (None, None) => return None,
        };
        // ITU-T E.164: at most 15 digits; a country and a subscriber have at least 8.
        (8..=15).contains(&number.len()).then(|| format!("+{number}"))
    }

    /// One request. Its answer's words are not read: they may name a number.
    pub async fn send(&self, to: &str, text: &str, id: &str) -> Told {
        let body = filled(&self.template, &[("{to}", to), ("{text}", text), ("{id}", id)]);
        let request = self.http.post(self.url.clone());
        let request = match (self.form, body.as_object()) {
            (true, Some(fields)) => {
                let fields = fields.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
                let text = reqwest::Url::parse_with_params("form:", fields);
                let text = text.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default();
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(text)
            }
            _ => request.json(&body),
        };
        match tokio::time::timeout(TRY_LIMIT, request.send()).await {
            Ok(Ok(answer)) => told(answer.status(), answer.headers()),
            // An error of the client names the address only; still, only which kind it was is kept.
            Ok(Err(error)) if error.is_connect() => Told::Again(None),
            Ok(Err(_)) | Err(_) => Told::Failed(TextFailure::NotKnown),
        }
    }
}

fn told(status: StatusCode, headers: &HeaderMap) -> Told {
    let after = headers.get(reqwest::header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
    match status {
        _ if status.is_success() => Told::Sent,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Told::Again(after.map(Duration::from_secs)),
        // The gateway behind it was asked, perhaps: a second request might be a second SMS.
        StatusCode::GATEWAY_TIMEOUT => Told::Failed(TextFailure::NotKnown),
        _ if status.is_server_error() => Told::Again(after.map(Duration::from_secs)),
        _ => Told::Failed(TextFailure::Refused),
    }
}

/// The `Authorization` of every request.
fn secret(config: &Config) -> anyhow::Result<Option<HeaderValue>> {
    let text = match (&config.sms_token_file, &config.sms_user, &config.sms_password_file) {
        (None, None, None) => return Ok(None),
        (Some(file), None, None) => format!("Bearer {}", read(file)?.trim()),
        (None, Some(user), Some(file)) => {
            use base64::Engine;
            let pair = format!("{user}:{}", read(file)?.trim_end());
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
        }
        _ => bail!("an SMS gateway has sms_token_file, or sms_user with sms_password_file"),
    };
    let mut value = HeaderValue::from_str(&text).ok().context("the secret of the SMS gateway is no plain text")?;
    value.set_sensitive(true);
    Ok(Some(value))
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// The template with every placeholder in its texts filled; what is filled in is not looked through again.
fn filled(template: &Value, with: &[(&str, &str)]) -> Value {
    match template {
        Value::String(text) => Value::String(filled_text(text, with)),
        Value::Array(items) => items.iter().map(|item| filled(item, with)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), filled(value, with))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => template.clone(),
    }
}

fn filled_text(text: &str, with: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, name, value)) =
        with.iter().filter_map(|(name, value)| Some((rest.find(name)?, *name, *value))).min_by_key(|found| found.0)
    {
        out.push_str(&rest[..at]);
        out.push_str(value);
        rest = &rest[at + name.len()..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config { sms_url: Some("https://sms.example.org/send".into()), ..Config::default() }
    }

    #[test]
    fn a_number_is_written_as_gateways_want_it_or_is_none() {
        let gateway = Gateway::configured(&config(), 1.0).unwrap().unwrap();
        for written in ["07700 900123", "+44 7700 900123", "0044 7700 900123", "+44 (0)7700 900-123"] {
            assert_eq!(gateway.number(written).as_deref(), Some("+447700900123"), "{written}");
        }
        assert_eq!(gateway.number("+33 6 12 34 56 78").as_deref(), Some("+33612345678"));
        for written in ["", "2001", "7700900123", "unknown", "0", "+1", "+1234567890123456"] {
            assert_eq!(gateway.number(written), None, "{written}");
        }
    }

    #[test]
    fn a_template_is_filled_once_wherever_its_words_stand() {
        let template = json!({ "messages": [{ "to": ["{to}"], "body": "{text} ({id})", "n": 1 }] });
        let body = filled(&template, &[("{to}", "+44"), ("{text}", "Say \"{to}\" {id}"), ("{id}", "7")]);
        assert_eq!(body, json!({ "messages": [{ "to": ["+44"], "body": "Say \"{to}\" {id} (7)", "n": 1 }] }));
    }

    #[test]
    fn what_does_not_fit_is_told_before_the_first_sms() {
        let none: Option<String> = None;
        for (url, format, country, says) in [
            ("http://sms.example.org", none.clone(), none.clone(), "https://"),
            ("https://a:b@sms.example.org", none.clone(), none.clone(), "sms_password_file"),
            ("https://sms.example.org", Some("xml".into()), none.clone(), "neither json nor form"),
            ("https://sms.example.org", none.clone(), Some("+44".into()), "digits"),
        ] {
            let config = Config { sms_url: Some(url.into()), sms_format: format, sms_country: country, ..config() };
            let error = format!("{:#}", Gateway::configured(&config, 1.0).err().expect(says));
            assert!(error.contains(says), "{error}");
        }
        let alone = Config { sms_url: None, sms_user: Some("a".into()), ..config() };
        assert!(Gateway::configured(&alone, 1.0).is_err());
        let half = Config { sms_user: Some("a".into()), ..config() };
        assert!(Gateway::configured(&half, 1.0).is_err());
        assert!(Gateway::configured(&Config::default(), 1.0).unwrap().is_none());
    }
}
