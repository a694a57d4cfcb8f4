//! A program at the hub's interfaces: commands, reads and streams over HTTP, frames over TCP and UDP.

use anyhow::Context;
use chrono::Utc;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use uuid::Uuid;

#[derive(Clone)]
pub struct Client {
    pub base: String,
    pub token: String,
    pub http: reqwest::Client,
}

impl Client {
    pub fn new(base: impl Into<String>, token: impl Into<String>) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Self { base: base.into(), token: token.into(), http: reqwest::Client::new() }
    }

    /// Somebody else at the same hub.
    pub fn with(&self, token: impl Into<String>) -> Self {
        Self { token: token.into(), ..self.clone() }
    }

    /// Makes an account, as an administrator, and gives its owner.
    pub async fn account(&self, name: &str, role: &str, officer: Option<&str>) -> anyhow::Result<Self> {
        let body = json!({ "name": name, "role": role, "officer": officer });
        let made: Value = self.post("/v1/accounts", &body).await?.error_for_status()?.json().await?;
        Ok(self.with(made["token"].as_str().context("no token")?))
    }

    /// A request that is not sent yet.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.request(Method::GET, path).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Response> {
        Ok(self.request(Method::POST, path).json(body).send().await?)
    }

    /// Sends one command; gives its result.
    pub async fn command(&self, kind: &str, target: &str, body: Value) -> anyhow::Result<Value> {
        self.send(&envelope(kind, target, body)).await
    }

    pub async fn send(&self, command: &Value) -> anyhow::Result<Value> {
        let mut results = self.send_all(std::slice::from_ref(command)).await?;
        results.pop().context("no result for the command")
    }

    /// Sends commands in one request; gives their results.
    pub async fn send_all(&self, commands: &[Value]) -> anyhow::Result<Vec<Value>> {
        let answer = self.post("/v1/commands", &json!({ "commands": commands })).await?.error_for_status()?;
        let mut answer: Value = answer.json().await?;
        let results = answer["results"].as_array_mut().context("no list of results")?;
        Ok(std::mem::take(results))
    }

    /// Sends one command that must be accepted.
    pub async fn must(&self, kind: &str, target: &str, body: Value) -> anyhow::Result<()> {
        let result = self.command(kind, target, body).await?;
        anyhow::ensure!(result["outcome"] == "accepted", "{kind} on {target}: {result}");
        Ok(())
    }

    pub async fn alarms(&self) -> anyhow::Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut after = 0;
        loop {
            let page = self.get(&format!("/v1/alarms?after={after}&limit=1000")).await?;
            let rows = page["alarms"].as_array().context("no list of alarms")?.clone();
            if rows.is_empty() {
                return Ok(all);
            }
            after = page["next"].as_i64().context("no next")?;
            all.extend(rows);
        }
    }

    /// Server-sent events; `resume` is the last event id the listener had.
    pub async fn stream(&self, path: &str, resume: Option<i64>) -> anyhow::Result<Stream> {
        let mut request = self.request(Method::GET, path);
        if let Some(id) = resume {
            request = request.header("Last-Event-ID", id);
        }
        Ok(Stream { response: request.send().await?.error_for_status()?, bytes: Vec::new() })
    }

    /// The log from its first line to where it ends now.
    pub async fn log(&self) -> anyhow::Result<Vec<Value>> {
        let mut stream = self.stream("/v1/log?after=0", None).await?;
        let mut lines = Vec::new();
        loop {
            let frame = stream.next().await?;
            match frame.event.as_str() {
                "log" => lines.push(frame.data),
                // The first heartbeat comes when everything that was there has been sent.
                "ping" => return Ok(lines),
                _ => {}
            }
        }
    }

    /// One value of `/metrics`; what was never counted is 0.
    pub async fn metric(&self, name: &str) -> anyhow::Result<i64> {
        let text = self.request(Method::GET, "/metrics").send().await?.error_for_status()?.text().await?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(line.map_or(Ok(0), str::parse)?)
    }
}

/// Status and code of an error, which is a problem document as the contract says.
pub async fn problem(answer: Response) -> anyhow::Result<(u16, String)> {
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let text = answer.text().await?;
    anyhow::ensure!(kind == "application/problem+json", "{status} came as “{kind}”: {text}");
    let body: protocol::api::Problem = serde_json::from_str(&text).with_context(|| text.clone())?;
    anyhow::ensure!(body.status == status, "{status} says it is {}", body.status);
    anyhow::ensure!(!body.title.is_empty(), "a problem without a title: {text}");
    Ok((status, body.code))
}

/// The code of a refused command, empty when it was not refused.
pub fn code(result: &Value) -> &str {
    result["refusal"]["code"].as_str().unwrap_or_default()
}

/// Server-sent events, one after the other.
pub struct Stream {
    response: Response,
    bytes: Vec<u8>,
}

#[derive(Debug)]
pub struct Frame {
    pub id: Option<i64>,
    pub event: String,
    pub data: Value,
}

impl Stream {
    pub async fn next(&mut self) -> anyhow::Result<Frame> {
        loop {
            if let Some(end) = self.bytes.windows(2).position(|two| two == b"\n\n") {
                let frame: Vec<u8> = self.bytes.drain(..end + 2).collect();
                return read_frame(std::str::from_utf8(&frame)?);
            }
            let more = tokio::time::timeout(crate::PATIENCE, self.response.chunk()).await??;
            self.bytes.extend(more.context("the stream ended")?);
        }
    }
}

fn read_frame(text: &str) -> anyhow::Result<Frame> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    Ok(Frame {
        id: field("id").map(str::parse).transpose()?,
        event: field("event").with_context(|| format!("no event in {text:?}"))?.to_owned(),
        data: serde_json::from_str(field("data").with_context(|| format!("no data in {text:?}"))?)?,
    })
}

pub fn envelope(kind: &str, target: &str, body: Value) -> Value {
    json!({ "id": Uuid::now_v7(), "at": Utc::now(), "kind": kind, "v": 1, "target": target, "body": body })
}

/// One panel's connection.
pub struct Line(pub TcpStream);

impl Line {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        // What is written apart travels apart.
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    pub async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Ok(self.0.write_all(bytes).await?)
    }

    /// The next reply, up to its CR.
    pub async fn reply(&mut self) -> anyhow::Result<String> {
        Ok(String::from_utf8_lossy(&self.reply_bytes().await?).trim().to_owned())
    }

    /// The next reply as it is on the wire.
    pub async fn reply_bytes(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut byte = [0u8; 1];
        loop {
            let read = tokio::time::timeout(crate::PATIENCE, self.0.read(&mut byte)).await??;
            anyhow::ensure!(read == 1, "the line closed after {:?}", String::from_utf8_lossy(&bytes));
            bytes.push(byte[0]);
            if byte[0] == b'\r' {
                return Ok(bytes);
            }
        }
    }

    /// Whether anything has come that was not read yet.
    pub fn is_silent(&self) -> bool {
        self.0.try_read(&mut [0u8; 1]).is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock)
    }

    /// Waits until the receiver hangs up.
    pub async fn closed(&mut self) -> anyhow::Result<()> {
        // A receiver that hangs up on unread bytes resets the connection; both are an end.
        match tokio::time::timeout(crate::PATIENCE, self.0.read(&mut [0u8; 1])).await? {
            Ok(0) | Err(_) => Ok(()),
            Ok(_) => anyhow::bail!("a reply came instead of the end"),
        }
    }

    pub async fn ask(&mut self, frame: &[u8]) -> anyhow::Result<String> {
        self.write(frame).await?;
        self.reply().await
    }
}

/// A panel that sends datagrams.
pub struct Datagrams(UdpSocket);

impl Datagrams {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        socket.connect(address).await?;
        Ok(Self(socket))
    }

    pub async fn write(&self, frame: &[u8]) -> anyhow::Result<()> {
        self.0.send(frame).await?;
        Ok(())
    }

    pub async fn reply(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = vec![0u8; 4096];
        let read = tokio::time::timeout(crate::PATIENCE, self.0.recv(&mut bytes)).await??;
        bytes.truncate(read);
        Ok(bytes)
    }
}
