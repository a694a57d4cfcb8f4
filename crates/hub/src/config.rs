//! The file of `serve --config`: a few lines of TOML.

use anyhow::{Context, bail};
use std::path::Path;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Names this hub answers to besides loopback.
    pub hosts: Vec<String>,
    /// How long positions are kept.
    pub positions_days: Option<u16>,
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
                other => bail!("there is no setting “{other}”"),
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_what_is_no_setting_is_named() {
        let read =
            Config::parse("# Ours\nhosts = [\"a.example\", \"b.example\"]\npositions_days = 14 # two weeks\n").unwrap();
        let hosts = vec!["a.example".to_owned(), "b.example".to_owned()];
        assert_eq!(read, Config { hosts, positions_days: Some(14) });
        for (text, says) in [
            ("hosts = a.example", "names in quotes"),
            ("positions_days = 0", "1 or more"),
            ("positions_days = -1", "1 or more"),
            ("colour = 1", "no setting “colour”"),
            ("hosts", "sets nothing"),
        ] {
            let error = format!("{:#}", Config::parse(text).unwrap_err());
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
