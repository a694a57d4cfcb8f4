//! The command line for customers' own systems: webhooks and safe codes.

use crate::auth::new_token;
use crate::cli::{said, say, with_hub};
use crate::partner::{Pair, hash_pair};
use crate::routes::admin;
use crate::state::Hub;
use crate::webhooks::{address, callout_of};
use anyhow::{Context, bail};
use chrono::{SecondsFormat, Utc};
use clap::Subcommand;
use domain::command::Role;
use domain::people::Account;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Webhook;
use uuid::Uuid;

/// Dead messages shown at once.
const SHOWN_MAX: u32 = 1000;

#[derive(Subcommand)]
pub enum WebhookCmd {
    /// Tell an account's system what happens at its sites; prints the webhook's id and its secret, once.
    Add {
        #[arg(long)]
        data: PathBuf,
        /// The partner's or customer's account, by name or id.
        #[arg(long)]
        account: String,
        /// https://…, or http:// on this machine.
        #[arg(long)]
        url: String,
    },
    /// Every webhook with its id, account and address.
    List {
        #[arg(long)]
        data: PathBuf,
    },
    /// Tell it nothing more; what is on its way goes too.
    Remove {
        #[arg(long)]
        data: PathBuf,
        id: Uuid,
    },
    /// What was given up, with the reason, oldest first.
    Dead {
        #[arg(long)]
        data: PathBuf,
    },
    /// Try again what was given up: one message by its id, or all.
    Redeliver {
        #[arg(long)]
        data: PathBuf,
        #[arg(required_unless_present = "all")]
        id: Option<Uuid>,
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}

#[derive(Subcommand)]
pub enum SafeCodeCmd {
    /// Set a site's two codes, from two lines of standard input: the safe code, then the one for duress.
    Set {
        #[arg(long)]
        data: PathBuf,
        /// The site's reference.
        #[arg(long)]
        site: String,
    },
    /// Nobody cancels by code at this site any more.
    Remove {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        site: String,
    },
}

pub async fn webhook(command: WebhookCmd) -> anyhow::Result<()> {
    match command {
        WebhookCmd::Add { data, account, url } => {
            say(with_hub(&data, async |hub| add(hub, &account, &url).await).await?)
        }
        WebhookCmd::List { data } => {
            let lines = with_hub(&data, async |hub| list(hub).await).await?;
            lines.into_iter().try_for_each(say)
        }
        WebhookCmd::Remove { data, id } => {
            if !with_hub(&data, async |hub| Ok(hub.store.remove_webhook(id).await?)).await? {
                bail!("there is no webhook {id}");
            }
            say(format!("Webhook {id} is told nothing more."))
        }
        WebhookCmd::Dead { data } => {
            let dead = with_hub(&data, async |hub| Ok(hub.store.dead_deliveries(SHOWN_MAX).await?)).await?;
            dead.iter().try_for_each(|d| {
                let made = d.made_at.to_rfc3339_opts(SecondsFormat::Secs, true);
                say(format!("{} {made} {} {} {} tries: {}", d.id, callout_of(d), d.event, d.tries, d.said))
            })
        }
        WebhookCmd::Redeliver { data, id, all: _ } => {
            let again = with_hub(&data, async |hub| Ok(hub.store.redeliver(id, Utc::now()).await?)).await?;
            if let (Some(id), 0) = (id, again) {
                bail!("{id} was not given up, or is not known");
            }
            say(format!("{again} tried again."))
        }
    }
}

async fn add(hub: &Hub, account: &str, url: &str) -> anyhow::Result<String> {
    let account = account_named(hub, account)?;
    if !matches!(account.role, Role::Partner | Role::Customer) {
        bail!("{} is no partner or customer", account.name);
    }
    address::check(url).map_err(|why| anyhow::anyhow!("{url}: {why}"))?;
    let secret = format!("whsec_{}", new_token().0);
    let webhook = Webhook {
        id: Uuid::now_v7(),
        account: account.id,
        url: url.to_owned(),
        secret,
        created_at: Utc::now(),
        from_seq: hub.store.head().await?.seq,
    };
    hub.store.add_webhook(&webhook).await?;
    Ok(format!("{} {}", webhook.id, webhook.secret))
}

/// By id, or by the name that only one account has.
fn account_named(hub: &Hub, name: &str) -> anyhow::Result<Arc<Account>> {
    let world = hub.world();
    let is = |a: &&Arc<Account>| a.id.to_string() == name || a.name == name;
    let mut found = world.accounts.values().filter(is);
    let account = found.next().with_context(|| format!("there is no account “{name}”"))?;
    if let Some(other) = found.next() {
        bail!("more than one account is called “{name}”: give the id, {} or {}", account.id, other.id);
    }
    Ok(account.clone())
}

async fn list(hub: &Hub) -> anyhow::Result<Vec<String>> {
    let world = hub.world();
    let name = |w: &Webhook| world.accounts.get(&w.account).map_or_else(String::new, |a| a.name.clone());
    Ok(hub.store.webhooks().await?.iter().map(|w| format!("{} {} {}", w.id, name(w), w.url)).collect())
}

pub async fn safe_code(command: SafeCodeCmd) -> anyhow::Result<()> {
    match command {
        SafeCodeCmd::Set { data, site } => {
            let mut lines = std::io::stdin().lock().lines();
            let mut line = || lines.next().transpose().ok().flatten().unwrap_or_default();
            let (safe, duress) = (line(), line());
            with_hub(&data, async |hub| {
                let site =
                    hub.world().site(&site).map(|s| s.id).with_context(|| format!("there is no site “{site}”"))?;
                let pair = Pair { safe: &safe, duress: &duress };
                let code = hash_pair(&pair, site, Utc::now()).map_err(|why| anyhow::anyhow!("{why}"))?;
                Ok(hub.store.put_safe_code(&code).await?)
            })
            .await?;
            say(format!("The codes of {site} are set."))
        }
        SafeCodeCmd::Remove { data, site } => {
            let removed = with_hub(&data, async |hub| {
                let id = hub.world().site(&site).map(|s| s.id).with_context(|| format!("there is no site “{site}”"))?;
                Ok(hub.store.remove_safe_code(id).await?)
            })
            .await?;
            if !removed {
                bail!("{site} has no codes");
            }
            say(format!("Nobody cancels by code at {site} any more."))
        }
    }
}

/// An account for a partner's system, kept to its sites; prints the token.
pub async fn add_account(data: &Path, name: &str, role: Role, sites: &[String]) -> anyhow::Result<String> {
    with_hub(data, async |hub| Ok(admin::add_account_with(hub, name, role, None, sites).await.map_err(said)?.1)).await
}
