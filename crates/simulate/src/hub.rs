//! A client of the hub's public HTTP interface, as programs, phones and trackers use it.

use crate::picture::Picture;
use domain::Instant;
use domain::callout::Callout;
use domain::command::{Command, Role};
use domain::id::CommandId;
use domain::refusal::Refusal;
use protocol::api::{Alarms, CommandResult, CommandsAnswer, CommandsRequest, Outcome, Position, Positions, Problem};
use protocol::officer::OfficerState;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// A hub on the same machine answers in milliseconds; after this long something is wrong.
const ANSWER_WAIT: Duration = Duration::from_secs(20);
/// Pieces of one upload before it is given up.
const PIECES_MAX: u32 = 8;

#[derive(Debug, thiserror::Error)]
pub enum HubError {
    #[error("the hub does not answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("{status} {code}: {title}")]
    Problem { status: u16, code: String, title: String },
    #[error("refused {kind}: {refusal} {}", refusal.mend.as_deref().unwrap_or(""))]
    Refused { kind: String, refusal: Refusal },
    #[error("the hub's answer cannot be read: {0}")]
    Unreadable(String),
}

impl HubError {
    /// The stable code, to branch on.
    pub fn code(&self) -> &str {
        match self {
            Self::Problem { code, .. } => code,
            Self::Refused { refusal, .. } => &refusal.code,
            Self::Unreachable(_) => "unreachable",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

pub type Answer<T> = Result<T, HubError>;

/// Where the hub is.
#[derive(Clone, Debug)]
pub struct Hub {
    base: String,
    http: Client,
}

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Session {
    hub: Hub,
    token: String,
}

/// A tracker's own credential.
#[derive(Clone, Debug, Deserialize)]
pub struct Device {
    pub user: String,
    pub password: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Status {
    pub version: String,
    pub demonstration: bool,
    pub now: Instant,
    pub clock_rate: f64,
    pub head: i64,
    pub dc09: Option<String>,
}

#[derive(Deserialize)]
struct Callouts {
    callouts: Vec<Value>,
}

/// A call-out as the control room's list gives it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub callout: Callout,
    /// The site's reference.
    pub site: Option<String>,
}

impl Listed {
    fn read(value: Value) -> Answer<Self> {
        let site = value.get("site_ref").and_then(Value::as_str).map(str::to_owned);
        let callout = serde_json::from_value(value).map_err(|e| HubError::Unreadable(format!("a call-out: {e}")))?;
        Ok(Self { callout, site })
    }
}

/// What a sender says of one command besides its kind.
#[derive(Clone, Debug)]
pub struct Sending<'a> {
    pub kind: &'a str,
    pub target: &'a str,
    pub at: Instant,
    pub body: Value,
}

impl Hub {
    pub fn new(base: &str) -> Answer<Self> {
        let http = Client::builder().timeout(ANSWER_WAIT).no_proxy().build()?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http })
    }

    pub fn session(&self, token: &str) -> Session {
        Session { hub: self.clone(), token: token.trim().to_owned() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// A phone enrols with its one-time code.
    pub async fn enrol(&self, code: &str) -> Answer<Session> {
        #[derive(Deserialize)]
        struct Enrolled {
            token: String,
        }
        let response = self.request(Method::POST, "/v1/enrol").json(&json!({ "code": code })).send().await?;
        let enrolled: Enrolled = read(response).await?;
        Ok(self.session(&enrolled.token))
    }

    /// OwnTracks: the credential says whose position it is.
    pub async fn publish(&self, device: &Device, message: &Value) -> Answer<()> {
        let request = self.request(Method::POST, "/pub").basic_auth(&device.user, Some(&device.password));
        checked(request.json(message).send().await?).await?;
        Ok(())
    }
}

impl Session {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.hub.request(method, path).bearer_auth(&self.token)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Answer<T> {
        read(self.request(Method::GET, path).send().await?).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Answer<T> {
        read(self.request(Method::POST, path).json(body).send().await?).await
    }

    pub async fn status(&self) -> Answer<Status> {
        self.get("/v1/status").await
    }

    /// Only in a demonstration directory.
    pub async fn set_clock(&self, now: Option<Instant>, rate: f64) -> Answer<Instant> {
        #[derive(Deserialize)]
        struct Set {
            now: Instant,
        }
        let set: Set = self.post("/v1/clock", &json!({ "now": now, "rate": rate })).await?;
        Ok(set.now)
    }

    /// Makes an account and gives a session of it.
    pub async fn add_account(&self, name: &str, role: Role) -> Answer<Session> {
        #[derive(Deserialize)]
        struct Made {
            token: String,
        }
        let made: Made = self.post("/v1/accounts", &json!({ "name": name, "role": role })).await?;
        Ok(self.hub.session(&made.token))
    }

    /// A one-time code for an officer's phone.
    pub async fn enrol_code(&self, officer: &str) -> Answer<String> {
        #[derive(Deserialize)]
        struct Made {
            code: String,
        }
        let made: Made = self.post("/v1/enrol-codes", &json!({ "officer": officer })).await?;
        Ok(made.code)
    }

    pub async fn add_device(&self, unit: &str) -> Answer<Device> {
        self.post("/v1/devices", &json!({ "unit": unit })).await
    }

    pub async fn add_panel(&self, account: &str, key: Option<&str>) -> Answer<()> {
        let _: Value = self.post("/v1/panels", &json!({ "account": account, "key": key })).await?;
        Ok(())
    }

    pub async fn officer_state(&self) -> Answer<OfficerState> {
        self.get("/v1/officer/state").await
    }

    pub async fn positions(&self) -> Answer<Vec<Position>> {
        let found: Positions = self.get("/v1/positions").await?;
        Ok(found.positions)
    }

    pub async fn alarms(&self, after: i64, limit: u32) -> Answer<Alarms> {
        self.get(&format!("/v1/alarms?after={after}&limit={limit}")).await
    }

    pub async fn open_callouts(&self) -> Answer<Vec<Listed>> {
        let found: Callouts = self.get("/v1/callouts?open=true&limit=200").await?;
        found.callouts.into_iter().map(Listed::read).collect()
    }

    pub async fn has_callouts(&self) -> Answer<bool> {
        let found: Callouts = self.get("/v1/callouts?limit=1").await?;
        Ok(!found.callouts.is_empty())
    }

    pub async fn callout(&self, reference: &str) -> Answer<Listed> {
        Listed::read(self.get(&format!("/v1/callouts/{reference}")).await?)
    }

    /// Sends one command; a refusal is an error.
    pub async fn command(&self, sending: Sending<'_>) -> Answer<CommandResult> {
        let command = Command {
            id: CommandId(Uuid::now_v7()),
            at: sending.at,
            kind: sending.kind.to_owned(),
            v: 1,
            target: sending.target.to_owned(),
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body: sending.body,
        };
        let answer: CommandsAnswer = self.post("/v1/commands", &CommandsRequest { commands: vec![command] }).await?;
        let result = answer
            .results
            .into_iter()
            .next()
            .ok_or_else(|| HubError::Unreadable("no result for the command".into()))?;
        match (result.outcome, &result.refusal) {
            (Outcome::Refused, Some(refusal)) => {
                Err(HubError::Refused { kind: sending.kind.to_owned(), refusal: refusal.clone() })
            }
            (Outcome::Refused, None) => Err(HubError::Unreadable("refused without a refusal".into())),
            (Outcome::Accepted | Outcome::Duplicate, _) => Ok(result),
        }
    }

    /// Uploads a picture as a phone does: asks how much is there, then sends the rest.
    pub async fn upload(&self, picture: &Picture) -> Answer<()> {
        let path = format!("/v1/media/{}", picture.sha256);
        let head = checked(self.request(Method::HEAD, &path).send().await?).await?;
        let mut from = upload_offset(&head).unwrap_or(0);
        let total = picture.jpeg.len();
        for _ in 0..PIECES_MAX {
            if from >= total && total > 0 {
                return Ok(());
            }
            let range = format!("bytes {from}-{}/{total}", total - 1);
            let request = self.request(Method::PUT, &path).header("content-range", range);
            let response = request.body(picture.jpeg[from..].to_vec()).send().await?;
            from = match response.status() {
                StatusCode::CREATED => return Ok(()),
                StatusCode::ACCEPTED | StatusCode::CONFLICT => upload_offset(&response).unwrap_or(0),
                _ => {
                    checked(response).await?;
                    return Err(HubError::Unreadable("an upload was neither complete nor refused".into()));
                }
            };
        }
        Err(HubError::Unreadable("an upload did not come to an end".into()))
    }
}

fn upload_offset(response: &Response) -> Option<usize> {
    response.headers().get("upload-offset")?.to_str().ok()?.parse().ok()
}

async fn checked(response: Response) -> Answer<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let text = response.text().await.unwrap_or_default();
    Err(match serde_json::from_str::<Problem>(&text) {
        Ok(problem) => {
            let title = format!("{} {}", problem.title, problem.detail.unwrap_or_default());
            HubError::Problem { status: status.as_u16(), code: problem.code, title: title.trim().to_owned() }
        }
        Err(_) => HubError::Problem {
            status: status.as_u16(),
            code: "unexpected".into(),
            title: text.chars().take(200).collect(),
        },
    })
}

async fn read<T: DeserializeOwned>(response: Response) -> Answer<T> {
    let bytes = checked(response).await?.bytes().await?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).into_owned();
        HubError::Unreadable(format!("{error} in {head}"))
    })
}
