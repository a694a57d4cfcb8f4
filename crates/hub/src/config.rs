//! The file of `serve --config`: a few lines of TOML.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Names this hub answers to besides loopback.
    pub hosts: Vec<String>,
    /// How long positions are kept.
    pub positions_days: Option<u16>,
    /// Where the key for what3words is.
    pub w3w_key_file: Option<PathBuf>,
    pub w3w_url: Option<String>,
    /// Who is asked how long a way takes: `osrm+https://…`, `valhalla+https://…`.
    pub road_server: Option<String>,
    /// `driving` or `auto` when it does not say.
    pub road_profile: Option<String>,
    /// The one for units on foot, where it is another.
    pub road_foot_server: Option<String>,
    pub road_foot_profile: Option<String>,
    pub road_key_file: Option<PathBuf>,
    /// Where an SMS is asked for: one `POST`.
    pub sms_url: Option<String>,
    /// `json` or `form`.
    pub sms_format: Option<String>,
    /// The body with `{to}`, `{text}` and `{id}` in it.
    pub sms_template_file: Option<PathBuf>,
    pub sms_token_file: Option<PathBuf>,
    pub sms_user: Option<String>,
    pub sms_password_file: Option<PathBuf>,
    /// What a number without a country begins with.
    pub sms_country: Option<String>,
    /// How old an offer on no phone is at least.
    pub sms_after_s: Option<u16>,
    /// How mail leaves: `smtps://host`, `smtp+starttls://host`, `smtp://` on this machine.
    pub smtp_server: Option<String>,
    pub smtp_user: Option<String>,
    /// A file with the password, so that it stands in no other.
    pub smtp_password_file: Option<PathBuf>,
    /// Whom reports come from: `Patrol <patrol@example.org>`.
    pub smtp_from: Option<String>,
}

impl Config {
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut config = Self::default();
        for line in text.lines().map(|l| l.split('#').next().unwrap_or_default().trim()).filter(|l| !l.is_empty()) {
            let (name, value) = line.split_once('=').with_context(|| format!("“{line}” sets nothing"))?;
            let value = value.trim();
            match name.trim() {
                "hosts" => {
                    let list: Vec<String> =
                        serde_json::from_str(value).context("hosts is a list of names in quotes")?;
                    config.hosts.extend(list);
                }
                "positions_days" => {
                    let days = value.parse().ok().filter(|days| *days > 0);
                    config.positions_days = Some(days.context("positions_days is a number of days, 1 or more")?);
                }
                "w3w_key_file" => config.w3w_key_file = Some(quoted(name, value)?.into()),
                "w3w_url" => config.w3w_url = Some(quoted(name, value)?),
                "road_server" => config.road_server = Some(quoted(name, value)?),
                "road_profile" => config.road_profile = Some(quoted(name, value)?),
                "road_foot_server" => config.road_foot_server = Some(quoted(name, value)?),
                "road_foot_profile" => config.road_foot_profile = Some(quoted(name, value)?),
                "road_key_file" => config.road_key_file = Some(quoted(name, value)?.into()),
                "sms_url" => config.sms_url = Some(quoted(name, value)?),
                "sms_format" => config.sms_format = Some(quoted(name, value)?),
                "sms_template_file" => config.sms_template_file = Some(quoted(name, value)?.into()),
                "sms_token_file" => config.sms_token_file = Some(quoted(name, value)?.into()),
                "sms_user" => config.sms_user = Some(quoted(name, value)?),
                "sms_password_file" => config.sms_password_file = Some(quoted(name, value)?.into()),
                "sms_country" => config.sms_country = Some(quoted(name, value)?),
                "sms_after_s" => {
                    config.sms_after_s = Some(value.parse().ok().context("sms_after_s is a number of seconds")?);
                }
                "smtp_server" => config.smtp_server = Some(quoted(name, value)?),
                "smtp_user" => config.smtp_user = Some(quoted(name, value)?),
                "smtp_password_file" => config.smtp_password_file = Some(quoted(name, value)?.into()),
                "smtp_from" => config.smtp_from = Some(quoted(name, value)?),
                other => bail!("there is no setting “{other}”"),
            }
        }
        Ok(config)
    }
}

fn quoted(name: &str, value: &str) -> anyhow::Result<String> {
    serde_json::from_str(value).with_context(|| format!("{} is a text in quotes", name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_what_is_no_setting_is_named() {
        let read =
            Config::parse("# Ours\nhosts = [\"a.example\", \"b.example\"]\npositions_days = 14 # two weeks\n").unwrap();
        let hosts = vec!["a.example".to_owned(), "b.example".to_owned()];
        assert_eq!(read, Config { hosts, positions_days: Some(14), ..Config::default() });
        let read = Config::parse("w3w_key_file = \"/etc/w3w.key\"\nw3w_url = \"https://w3w.example/v3\"\n").unwrap();
        assert_eq!(
            (read.w3w_key_file, read.w3w_url.unwrap().as_str()),
            (Some("/etc/w3w.key".into()), "https://w3w.example/v3")
        );
        for (text, says) in [
            ("hosts = a.example", "names in quotes"),
            ("positions_days = 0", "1 or more"),
            ("w3w_url = https://w3w.example", "w3w_url is a text in quotes"),
            ("positions_days = -1", "1 or more"),
            ("colour = 1", "no setting “colour”"),
            ("hosts", "sets nothing"),
        ] {
            let error = format!("{:#}", Config::parse(text).unwrap_err());
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
